#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"
#include "conversions.h"
#include "deviation.h"
#include "lanes.h"
#include "vectorised.h"

VECTORISED void enx_add(const float *a, const float *b, float *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

VECTORISED void enx_to_bf16(const float *x, uint16_t *y, size_t n) {
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = bf16_of(x[i]);
}

// Of x and 0; NaN is skipped.
static inline __attribute__((always_inline)) void range_of(const float *x, size_t n, float *least, float *greatest) {
  lanes low[4] = {0}, high[4] = {0};
  size_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width)
    UNROLL for (int part = 0; part < 4; part++) {
      lanes value = LOAD(x + i + part * width);
      low[part] = LESSER(value, low[part]);
      high[part] = GREATER(value, high[part]);
    }
  UNROLL for (int part = 1; part < 4; part++) {
    low[0] = LESSER(low[part], low[0]);
    high[0] = GREATER(high[part], high[0]);
  }
  FOLD(low[0], LESSER)
  FOLD(high[0], GREATER)
  float l = low[0][0], h = high[0][0];
  for (; i < n; i++) {
    l = x[i] < l ? x[i] : l;
    h = x[i] > h ? x[i] : h;
  }
  *least = l;
  *greatest = h;
}

// The integer nearest to x[i]·inverse + zero is what is left of its sum with 1.5·2²³: that of the lowest bits.
static inline __attribute__((always_inline)) void quantise(const float *x, float inverse, float zero, uint8_t *y,
                                                           size_t n) {
#pragma clang fp contract(fast)
  const float round = 12582912.0f;
  float origin = round + zero, most = round + 255.0f;
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float value = x[i] * inverse + origin;
    value = value > round ? value : round;  // also for NaN
    value = value < most ? value : most;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    y[i] = (uint8_t)bits;
  }
}

VECTORISED void enx_to_u8(const float *x, uint8_t *y, size_t n, float *scale, int32_t *zero) {
  float least, greatest;
  range_of(x, n, &least, &greatest);
  float step = (greatest - least) / 255.0f;
  // A row of zeros, or of numbers too small to be told apart.
  if (!(step > 1e-30f)) step = 1.0f;
  float origin = __builtin_elementwise_rint(-least / step);
  *scale = step;
  *zero = (int32_t)origin;
  quantise(x, 1.0f / step, origin, y, n);
}

VECTORISED float enx_greatest_size(const float *x, size_t n) {
  float best[width] = {0};
  size_t i = 0;
  for (; i + width <= n; i += width)
    for (int lane = 0; lane < width; lane++) {
      float size = fabsf(x[i + lane]);
      best[lane] = size > best[lane] ? size : best[lane];
    }
  float result = 0;
  for (int lane = 0; lane < width; lane++) result = best[lane] > result ? best[lane] : result;
  for (; i < n; i++) result = fabsf(x[i]) > result ? fabsf(x[i]) : result;
  return result;
}

VECTORISED int32_t enx_to_s8(const float *x, float factor, int8_t *y, size_t n) {
  const float round = 12582912.0f;  // 1.5·2²³: adding it rounds to an integer
  int32_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    int32_t value = (int32_t)((x[i] * factor + round) - round);
    y[i] = (int8_t)value;
    sum += value;
  }
  return sum;
}

VECTORISED void enx_from_s32(const int32_t *sums, float scale, int32_t zero, const float *scales,
                             const float *totals, const float *bias, float *y, size_t n) {
  float origin = (float)zero;
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) y[i] = number_of(sums[i], scale, origin, scales[i], totals[i], bias[i]);
}

VECTORISED void enx_normalise(float *x, const float *gain, const float *bias, float epsilon, size_t n) {
  float mean = mean_of(x, n), inverse = inverse_deviation(x, mean, epsilon, n);
  for (size_t i = 0; i < n; i++) x[i] = (x[i] - mean) * inverse * gain[i] + bias[i];
}

VECTORISED float enx_normalise_keeping(float *x, const float *gain, const float *bias, float epsilon,
                                       float *normalised, size_t n) {
  float mean = mean_of(x, n), inverse = inverse_deviation(x, mean, epsilon, n);
  LANES_ARE_INDEPENDENT
  for (size_t i = 0; i < n; i++) {
    float value = (x[i] - mean) * inverse;
    normalised[i] = value;
    x[i] = value * gain[i] + bias[i];
  }
  return inverse;
}

VECTORISED void enx_normalise_backward(float *dy, const float *gain, const float *normalised, float inverse,
                                       size_t n) {
  REORDER_SUMS
  float sum = 0, projection = 0;
  for (size_t i = 0; i < n; i++) {
    float g = dy[i] * gain[i];
    sum += g;
    projection += g * normalised[i];
  }
  float mean = sum / (float)n, slope = projection / (float)n;
  {
// dy·gain is rounded as it was in the sum: of a row of one column nothing may remain.
#pragma clang fp contract(off)
    LANES_ARE_INDEPENDENT
    for (size_t i = 0; i < n; i++) dy[i] = (dy[i] * gain[i] - mean - normalised[i] * slope) * inverse;
  }
}
