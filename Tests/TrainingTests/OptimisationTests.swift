import Kernels
import TestSupport
import Testing

@testable import Training

/// Optimiser, schedule and clipping against PyTorch and transformers (tools/golden/prompts.py).
@Suite struct OptimisationTests {
  /// Parameters and nothing more.
  struct Model: Parameterized {
    var parameters: [Parameter]

    mutating func visitParameters(_ visit: (inout Parameter) throws -> Void) rethrows {
      for index in parameters.indices { try visit(&parameters[index]) }
    }
  }

  static func settings(_ name: String, _ golden: Golden) throws -> AdamW.Settings {
    let values = try golden.values("\(name).settings")
    var settings = AdamW.Settings(weightDecay: values[3])
    settings.beta1 = values[0]
    settings.beta2 = values[1]
    settings.epsilon = values[2]
    return settings
  }

  /// Step `step` of a tensor [steps, 3, 4].
  static func slice(_ name: String, _ step: Int, _ golden: Golden) throws -> Matrix {
    let values = try golden.values(name)
    return Matrix(rows: 3, columns: 4, values: Array(values[12 * step..<12 * (step + 1)]))
  }

  @Test(arguments: ["adamw0", "adamw1", "adamw2"])
  func adamWAgreesWithPyTorch(name: String) throws {
    let golden = try Golden.prompts()
    var optimiser = AdamW(try Self.settings(name, golden))
    var model = Model(parameters: [Parameter("p", try golden.matrix("\(name).initial"))])
    let rates = try golden.values("\(name).rates")
    #expect(rates.count == 5)
    for (step, rate) in rates.enumerated() {
      model.parameters[0].gradient = try Self.slice("\(name).gradients", step, golden)
      optimiser.update(&model) { _ in rate }
      let expected = try Self.slice("\(name).values", step, golden)
      #expect(DoubleMatrix(expected).difference(from: model.parameters[0].value) < 1e-6)
    }
    #expect(optimiser.step == 5)
  }

  @Test func adamWBeginsWithTheDefaultsOfPyTorch() throws {
    let golden = try Golden.prompts()
    let expected = try Self.settings("adamw0", golden)
    let settings = AdamW.Settings(weightDecay: 0)
    #expect(settings.beta1 == expected.beta1 && settings.beta2 == expected.beta2)
    #expect(settings.epsilon == expected.epsilon)
  }

  /// Saved moments and the number of steps are all that an optimiser is.
  @Test func adamWContinuesFromItsMoments() throws {
    let golden = try Golden.prompts()
    let settings = try Self.settings("adamw1", golden)
    var optimiser = AdamW(settings)
    var model = Model(parameters: [Parameter("p", try golden.matrix("adamw1.initial"))])
    var whole = model
    for step in 0..<4 {
      if step == 2 {
        optimiser = AdamW(settings, step: optimiser.step, moments: optimiser.moments)
      }
      model.parameters[0].gradient = try Self.slice("adamw1.gradients", step, golden)
      optimiser.update(&model) { _ in 0.03 }
    }
    var continuous = AdamW(settings)
    for step in 0..<4 {
      whole.parameters[0].gradient = try Self.slice("adamw1.gradients", step, golden)
      continuous.update(&whole) { _ in 0.03 }
    }
    #expect(model.parameters[0].value == whole.parameters[0].value)
  }

  @Test func everyParameterHasItsOwnRateAndMoments() {
    let ones = Matrix(rows: 1, columns: 3, values: [1, 1, 1])
    var model = Model(parameters: ["a", "b", "c"].map { Parameter($0, ones) })
    for (index, gradient) in [1, -1, 1].enumerated() {
      model.parameters[index].gradient = Matrix(
        rows: 1, columns: 3, values: Array(repeating: Float(gradient), count: 3))
    }
    var optimiser = AdamW(weightDecay: 0)
    optimiser.update(&model) { $0 == "c" ? 0 : 0.25 }
    // The first step of Adam goes by the rate, whatever the gradient's size.
    #expect(model.parameters[0].value.values.allSatisfy { abs($0 - 0.75) < 1e-6 })
    #expect(model.parameters[1].value.values.allSatisfy { abs($0 - 1.25) < 1e-6 })
    #expect(model.parameters[2].value == ones)
    #expect(Set(optimiser.moments.keys) == ["a", "b", "c"])
  }

  @Test(arguments: 0..<4)
  func theScheduleAgreesWithTransformers(number: Int) throws {
    let golden = try Golden.prompts()
    let total = Int(try golden.scalar("schedule\(number).total"))
    let warmup = Int(try golden.scalar("schedule\(number).warmup"))
    let schedule = LearningRateSchedule(totalSteps: total, warmupSteps: warmup)
    let factors = try golden.values("schedule\(number).factors")
    #expect(factors.count == total)
    for (step, factor) in factors.enumerated() {
      #expect(abs(schedule.factor(step: step) - factor) < 1e-6, "step \(step)")
    }
  }

  @Test func theScheduleTakesAShareOfTheSteps() {
    #expect(
      LearningRateSchedule(totalSteps: 100, warmup: 0.06)
        == LearningRateSchedule(totalSteps: 100, warmupSteps: 6))
    let schedule = LearningRateSchedule(totalSteps: 10, warmup: 0.5)
    #expect(schedule.factor(step: 5) == 1)
    #expect(schedule.factor(step: 10) == 0)
    #expect(schedule.factor(step: 11) == 0)
    #expect(LearningRateSchedule(totalSteps: 3, warmup: 0).factor(step: 0) == 1)
    #expect(LearningRateSchedule(totalSteps: 4, warmup: 1).factor(step: 3) == 0.75)
  }

  /// Large enough to be shared out: any number of threads gives the same bits.
  @Test func threadsChangeNothing() {
    func trained(threads: Int) -> (Model, [String: AdamW.Moments], [Float]) {
      var random = RandomStream(seed: 3, purpose: "large parameter")
      var parameter = Parameter(
        "large", .normal(rows: 3, columns: 66_667, deviation: 1, using: &random))
      parameter.gradient = .normal(rows: 3, columns: 66_667, deviation: 1, using: &random)
      var model = Model(parameters: [parameter])
      var optimiser = AdamW(weightDecay: 0.01)
      var norms: [Float] = []
      for _ in 0..<2 {
        norms.append(GradientClipping.clip(&model, maximum: 1, threads: threads))
        optimiser.update(&model, threads: threads) { _ in 1e-3 }
      }
      return (model, optimiser.moments, norms)
    }
    let (alone, momentsAlone, normsAlone) = trained(threads: 1)
    #expect(normsAlone[0] > 400 && abs(normsAlone[1] - 1) < 1e-4)
    for threads in 2...3 {
      var (model, moments, norms) = trained(threads: threads)
      #expect(norms == normsAlone)
      #expect(model.parameters[0].value == alone.parameters[0].value)
      #expect(model.parameters[0].gradient == alone.parameters[0].gradient)
      #expect(moments["large"]?.first == momentsAlone["large"]?.first)
      #expect(moments["large"]?.second == momentsAlone["large"]?.second)
      model.zeroGradients(threads: threads)
      #expect(model.parameters[0].gradient.values.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: 0..<3)
  func clippingAgreesWithPyTorch(number: Int) throws {
    let golden = try Golden.prompts()
    let name = "clip\(number)"
    var model = Model(
      parameters: try ["a", "b"].map { part in
        let gradient = try golden.matrix("\(name).gradient.\(part)")
        var parameter = Parameter(
          part, Matrix(rows: gradient.rows, columns: gradient.columns))
        parameter.gradient = gradient
        return parameter
      })
    let norm = try golden.scalar("\(name).norm")
    let maximum = try golden.scalar("\(name).maximum")
    let found = GradientClipping.clip(&model, maximum: maximum)
    #expect(abs(found - norm) <= 2e-6 * max(norm, 1e-6))
    for parameter in model.parameters {
      let expected = try golden.matrix("\(name).clipped.\(parameter.name)")
      #expect(
        DoubleMatrix(expected).difference(from: parameter.gradient, floor: 1e-6) < 2e-6)
      #expect(parameter.value.values.allSatisfy { $0 == 0 })
    }
    if norm > maximum {
      #expect(abs(GradientClipping.clip(&model, maximum: maximum) - maximum) < 1e-5)
    }
  }
}
