package import Encoders
package import Foundation
import TestSupport

/// The tiny encoder of the fixtures, and a corpus for it.
package enum Tiny {
  package static let encoderFolder = packageRoot.appendingPathComponent(
    "Tests/EncodersTests/Fixtures/tiny-uncased-gelu")

  package static let corpus = """
    <corpus>
      <s><PER>Ana Reis</PER> went to <LOC>Porto</LOC> .</s>
      <s>I met <PER>Rui</PER> at <ORG>Enxerto</ORG> .</s>
      <s><LOC>Faro</LOC> is hot .</s>
    </corpus>
    """

  package static func folder() throws -> EncoderFolder {
    try EncoderFolder.locate(
      encoderFolder.path, environment: [:], currentDirectory: packageRoot)
  }
}
