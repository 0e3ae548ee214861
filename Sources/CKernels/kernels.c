#include "CKernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "exponential.h"
#include "gelu.h"
#include "vectorised.h"

VECTORISED float enx_dot(const float *a, const float *b, size_t n) {
  REORDER_SUMS
  float sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

// Sixteen running maxima: the comparison as written skips NaN and becomes one vector instruction.
VECTORISED float enx_max(const float *x, size_t n) {
  enum { lanes = 16 };
  float best[lanes];
  size_t i = 0;
  float result = -INFINITY;
  if (n >= lanes) {
    for (int lane = 0; lane < lanes; lane++) best[lane] = -INFINITY;
    for (; i + lanes <= n; i += lanes)
      for (int lane = 0; lane < lanes; lane++)
        best[lane] = x[i + lane] > best[lane] ? x[i + lane] : best[lane];
    for (int lane = 0; lane < lanes; lane++) result = best[lane] > result ? best[lane] : result;
  }
  for (; i < n; i++) result = x[i] > result ? x[i] : result;
  return result;
}

VECTORISED float enx_exp_sum(const float *x, float shift, float *y, size_t n) {
  REORDER_SUMS
  float sum = 0;
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float e = exp_lane(x[i] - shift);
    y[i] = e;
    sum += e;
  }
  return sum;
}

VECTORISED void enx_gelu(const float *x, float *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = gelu_of(x[i]);
}

VECTORISED void enx_gelu_backward(const float *x, const float *dy, float *dx, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) dx[i] = dy[i] * gelu_slope(x[i]);
}

// tanh(u) = 1 − 2 / (exp(2u) + 1), saturating without overflow.
static inline float tanh_lane(float u) {
  float bounded = u > 20.0f ? 20.0f : (u < -20.0f ? -20.0f : u);
  return 1.0f - 2.0f / (exp_lane(2.0f * bounded) + 1.0f);
}

VECTORISED void enx_gelu_tanh(const float *x, float *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float u = 0.79788456080286536f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
    y[i] = 0.5f * x[i] * (1.0f + tanh_lane(u));
  }
}

VECTORISED void enx_gelu_tanh_backward(const float *x, const float *dy, float *dx, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float u = 0.79788456080286536f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
    float t = tanh_lane(u);
    float slope = 0.79788456080286536f * (1.0f + 3.0f * 0.044715f * x[i] * x[i]);
    dx[i] = dy[i] * (0.5f * (1.0f + t) + 0.5f * x[i] * (1.0f - t * t) * slope);
  }
}

VECTORISED void enx_adamw(float *value, const float *gradient, float *first, float *second,
                          size_t n, float rate, float beta1, float beta2, float epsilon,
                          float weight_decay, float correction1, float correction2) {
  float kept = 1.0f - rate * weight_decay;
  float step = rate / correction1;
  // The builtin, unlike sqrtf, never sets errno, and so runs in lanes.
  float scale = 1.0f / __builtin_elementwise_sqrt(correction2);
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i];
    float m = beta1 * first[i] + (1.0f - beta1) * g;
    float v = beta2 * second[i] + (1.0f - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    value[i] = value[i] * kept - step * m / (__builtin_elementwise_sqrt(v) * scale + epsilon);
  }
}

enum { numbers_at_once = 64 };

// SplitMix64 (Steele, Lea and Flood 2014, figure 17): its state only counts, so that its numbers can be made in lanes.
VECTORISED void enx_dropout(uint64_t state, uint32_t limit, float kept, float *x, float *mask, size_t n) {
  const uint64_t step = 0x9E3779B97F4A7C15u;
  for (size_t first = 0; first < n; first += 4 * numbers_at_once) {
    uint64_t bits[numbers_at_once];
    uint16_t parts[4 * numbers_at_once];
    for (uint64_t i = 0; i < numbers_at_once; i++) {
      uint64_t z = state + (i + 1) * step;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
      bits[i] = z ^ (z >> 31);
    }
    state += numbers_at_once * step;
    memcpy(parts, bits, sizeof parts);
    size_t count = n - first < 4 * numbers_at_once ? n - first : 4 * numbers_at_once;
    for (size_t i = 0; i < count; i++) {
      float factor = parts[i] < limit ? 0.0f : kept;
      mask[first + i] = factor;
      x[first + i] *= factor;
    }
  }
}

VECTORISED void enx_scale_each(const float *a, const float *b, float *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}
