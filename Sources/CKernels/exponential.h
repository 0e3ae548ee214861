// The exponential in lanes.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

// exp(x) = 2ⁿ·p, p = exp(r), r = x − n·ln 2 in two parts (Cephes expf). n is what is left of `scaled`
// without 1.5·2²³, which rounds it to an integer, and so its lowest bits.
static const float exp_round = 12582912.0f;
static inline float exp_of_rest(float x, float *scaled) {
  *scaled = x * 1.44269504088896341f + exp_round;
  float n = *scaled - exp_round;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * r * r + r + 1.0f;
}

// NaN passes through; below the range of normal numbers the result is 0, above it infinity.
static inline float exp_lane(float x) {
  float clamped = x < -87.5f ? -87.5f : (x > 88.7f ? 88.7f : x);
  float scaled;
  float p = exp_of_rest(clamped, &scaled);
  int32_t exponent = (int32_t)(scaled - exp_round);
  // Two factors, since 2¹²⁸ is no float.
  uint32_t half_bits = (uint32_t)((exponent >> 1) + 127) << 23;
  uint32_t rest_bits = (uint32_t)((exponent - (exponent >> 1)) + 127) << 23;
  float half, rest;
  memcpy(&half, &half_bits, sizeof half);
  memcpy(&rest, &rest_bits, sizeof rest);
  float y = p * half * rest;
  y = x < -87.5f ? 0.0f : y;
  y = x > 88.7f ? INFINITY : y;
  return x != x ? x : y;
}

// The same of what is at most 0, for which one factor will do. Below −87 the result is 0.
static inline float exp_lane_below(float x) {
  float scaled;
  float p = exp_of_rest(x < -87.0f ? -87.0f : x, &scaled);
  uint32_t bits;
  memcpy(&bits, &scaled, sizeof bits);
  bits = (bits << 23) + 0x3f800000u;
  float power;
  memcpy(&power, &bits, sizeof power);
  return x < -87.0f ? 0.0f : p * power;
}
