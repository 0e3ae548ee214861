import Foundation
import Logging
import Testing

@testable import Service

@Suite struct ConfigurationTests {
  private func read(
    _ options: [String: String] = [:], _ environment: [String: String] = [:], file: String? = nil
  ) throws -> (configuration: ServiceConfiguration, origins: [String: ServiceConfiguration.Origin])
  {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("serve.json")
    if let file { try Data(file.utf8).write(to: url) }
    return try ServiceConfiguration.read(
      options: options.mapValues { [$0] }, environment: environment, file: file == nil ? nil : url)
  }

  @Test func optionsWinOverTheEnvironmentAndThatOverTheFile() throws {
    let file =
      #"{"port": 1, "depth": 1, "log-level": "debug", "adapter": ["a=x", "b=y"], "log-texts": true}"#
    let environment = ["ENXERTO_SERVE_PORT": "2", "ENXERTO_SERVE_DEPTH": "2", "PORT": "9"]
    let (configuration, origins) = try read(["port": "3"], environment, file: file)
    #expect(configuration.port == 3 && configuration.limits.depth == 2)
    #expect(configuration.logLevel == .debug && configuration.logTexts)
    #expect(configuration.adapter == ["a=x", "b=y"] && configuration.host == "127.0.0.1")
    let text = configuration.text(origins: origins).split(separator: "\n")
    for line in [
      "port = 3 (option)", "depth = 2 (environment)", "log-level = debug (file)",
      "host = 127.0.0.1 (default)", "adapter = a=x,b=y (file)",
    ] {
      #expect(text.contains { $0 == line }, "\(line)")
    }
    #expect(text.count == ServiceConfiguration.settings.count)
  }

  @Test func aListTakesWhateverItsTextsHave() throws {
    let options = ["adapter": ["a=x,y", "b=z"]]
    let (configuration, _) = try ServiceConfiguration.read(
      options: options, environment: [:], file: nil)
    #expect(configuration.adapter == ["a=x,y", "b=z"])
    #expect(try read(file: #"{"adapter": ["a=x,y"]}"#).configuration.adapter == ["a=x,y"])
    let variable = try read([:], ["ENXERTO_SERVE_ADAPTER": "a=x,b=y"])
    #expect(variable.configuration.adapter == ["a=x", "b=y"])
    #expect(throws: ConfigurationFault.self) {
      try ServiceConfiguration.read(options: ["port": ["1", "2"]], environment: [:], file: nil)
    }
  }

  @Test func whatCannotBeIsRefused() throws {
    for options in [
      ["port": "x"], ["port": "65536"], ["depth": "0"], ["depth": "65"], ["threads": "0"],
      ["idle-seconds": "0"], ["idle-seconds": "nan"], ["idle-seconds": "1e300"],
      ["insecure": "yes"], ["precision": "int4"],
      ["log-level": "loud"], ["certificate": "a"], ["key": "a"], ["host": "0.0.0.0"],
      ["host": "::"], ["foo": "1"],
    ] {
      #expect(throws: ConfigurationFault.self, "\(options)") { try read(options) }
    }
    for file in [
      "", "[]", "{", #"{"foo": 1}"#, #"{"port": {}}"#, #"{"port": null}"#, #"{"port": [1, 2]}"#,
      #"{"port": 1, "port": 1}"#, #"{"port": 1.5}"#, #"{"insecure": 1}"#,
      #"{"adapter": [["a=b"]]}"#,
    ] {
      #expect(throws: ConfigurationFault.self, "\(file)") { try read(file: file) }
    }
    #expect(throws: ConfigurationFault.self) {
      try read([:], ["ENXERTO_SERVE_PROT": "1"])
    }
    #expect(throws: ConfigurationFault.self) {
      try ServiceConfiguration.read(
        options: [:], environment: [:], file: URL(fileURLWithPath: "/nowhere"))
    }
    for options in [
      ["host": "::1"], ["host": "0.0.0.0", "insecure": "true"], ["host": "0.0.0.0", "tokens": "t"],
    ] {
      #expect(throws: Never.self, "\(options)") { try read(options) }
    }
  }
}
