import Foundation

extension Workspace {
  /// Questions about two passages, one of which has no answer.
  static let questions = """
    <questions version="1">
      <passage id="p1">
        <text>Ana Reis went to Porto. Rui stayed at home😀 in Faro.</text>
        <question id="q1"><ask>who went?</ask><answer start="0" end="8">Ana Reis</answer></question>
        <question id="q2"><ask>where is Rui?</ask><answer start="44" end="51">in Faro</answer></question>
        <question id="q3" answerable="no"><ask>why?</ask></question>
      </passage>
      <passage id="p2">
        <text>The old mill burnt down.</text>
        <question id="q4"><ask>what burnt?</ask><answer start="4" end="12">old mill</answer></question>
      </passage>
    </questions>

    """

  /// Trains on four questions, for milliseconds.
  func trainQA(
    _ more: [String] = [], corpus: String = Workspace.questions, output: String = "answers"
  ) throws -> Binary.Result {
    try write(corpus, to: "questions.xml")
    return try Binary.run(
      [
        "train", "qa", "--corpus", "questions.xml", "--dev", "questions.xml", "--encoder",
        Self.encoder, "--output", output, "--epochs", "2", "--deep-prompt", "4", "--threads", "1",
        "--quiet",
      ] + more, in: folder)
  }

  /// An encoder and an adapter that knows the answers.
  static func withAnswerer() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.addEncoder()
    let result = try workspace.trainQA([
      "--epochs", "60", "--learning-rate", "0.02", "--head-learning-rate", "0.02", "--dropout",
      "0", "--encoder-dropout", "0",
    ])
    guard result.exitCode == 0 else { throw Unready(errors: result.errors) }
    return workspace
  }
}
