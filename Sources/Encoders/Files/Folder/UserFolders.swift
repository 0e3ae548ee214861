package import Foundation

/// The user's own folders, by the XDG Base Directory Specification: relative paths in the variables are ignored.
package enum UserFolders {
  /// `$XDG_DATA_HOME/enxerto`, or `~/.local/share/enxerto`; nil without a home.
  package static func data(environment: [String: String]) -> URL? {
    folder("XDG_DATA_HOME", orInHome: ".local/share", environment)
  }

  /// `$XDG_CACHE_HOME/enxerto`, or `~/.cache/enxerto`; nil without a home.
  package static func cache(environment: [String: String]) -> URL? {
    folder("XDG_CACHE_HOME", orInHome: ".cache", environment)
  }

  private static func folder(
    _ variable: String, orInHome fallback: String, _ environment: [String: String]
  ) -> URL? {
    let base: URL
    if let path = environment[variable], path.utf8.first == UInt8(ascii: "/") {
      base = URL(fileURLWithPath: path, isDirectory: true)
    } else if let home = environment["HOME"], home.utf8.first == UInt8(ascii: "/") {
      base = URL(fileURLWithPath: home, isDirectory: true).appendingPathComponent(
        fallback, isDirectory: true)
    } else {
      return nil
    }
    return base.appendingPathComponent("enxerto", isDirectory: true)
  }
}
