// GELU and its slope in lanes.
#pragma once

#include <stddef.h>

// From the highest power down, an even number of them. Odd and even powers apart, so that half as many steps wait for
// one another.
static inline __attribute__((always_inline)) float polynomial(const float *coefficients, size_t count, float u) {
#pragma clang fp contract(fast)
  float v = u * u, odd = coefficients[0], even = coefficients[1];
  _Pragma("clang loop unroll(full)") for (size_t i = 2; i < count; i += 2) {
    odd = odd * v + coefficients[i];
    even = even * v + coefficients[i + 1];
  }
  return odd * u + even;
}

// x·Φ(x), Φ(x) = 1/2 + x·P(2x²/b² − 1) for |x| < b = 5.2, beyond which float32 knows little but 0 and x; error of Φ
// 6e-8. This and the other polynomials by tools/reference/normal_fit.py. No division, which takes longer than all of
// it. NaN is not beyond, and goes through.
static inline float gelu_of(float x) {
#pragma clang fp contract(fast)
  float square = x * x;
  float u = square * (2.0f / (5.2f * 5.2f)) - 1.0f;
  static const float p[] = {
      -4.812753941e-04f, 1.268510321e-03f, -1.221498996e-03f, 1.800124607e-03f,
      -4.789032762e-03f, 8.559965796e-03f, -1.250512448e-02f, 1.795478780e-02f,
      -2.472362864e-02f, 3.198995910e-02f, -3.992981967e-02f, 5.002452136e-02f,
      -6.774366747e-02f, 1.359499930e-01f,
  };
  float y = x * (x * polynomial(p, 14, u) + 0.5f);
  return square >= 5.2f * 5.2f ? (x < 0 ? 0 : x) : y;
}

// The same for what is rounded to bf16 or to 8 bits: |x| < 4, Φ within 5e-5.
static inline float gelu_of_coarse(float x) {
#pragma clang fp contract(fast)
  float square = x * x;
  float u = square * (2.0f / (4.0f * 4.0f)) - 1.0f;
  static const float p[] = {
      -3.315132395e-03f, 8.699786067e-03f, -1.256032608e-02f, 2.108503871e-02f,
      -3.671143228e-02f, 5.618940146e-02f, -8.434347194e-02f, 1.759429191e-01f,
  };
  float y = x * (x * polynomial(p, 8, u) + 0.5f);
  return square >= 4.0f * 4.0f ? (x < 0 ? 0 : x) : y;
}

// Φ(x) + x·φ(x), the slope of x·Φ(x), in the same form for |x| < 5.4, beyond which it is 0 and 1 within 1e-6; error
// 1.3e-7.
static inline float gelu_slope(float x) {
#pragma clang fp contract(fast)
  float square = x * x;
  float u = square * (2.0f / (5.4f * 5.4f)) - 1.0f;
  static const float p[] = {
      -3.519718990e-03f, 8.949252259e-03f, -5.713464685e-03f, 5.228350368e-03f,
      -2.391939317e-02f, 4.269739514e-02f, -4.984828802e-02f, 6.015552124e-02f,
      -7.308433038e-02f, 7.722001091e-02f, -7.246688013e-02f, 6.405013503e-02f,
      -5.678088735e-02f, 5.573730046e-02f, -6.731254252e-02f, 1.312002884e-01f,
  };
  float slope = x * polynomial(p, 16, u) + 0.5f;
  return square >= 5.4f * 5.4f ? (x < 0 ? 0 : 1) : slope;
}
