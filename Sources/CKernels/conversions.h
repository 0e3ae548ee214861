// Numbers of one kind as another, in lanes.
#pragma once

#include <stdint.h>
#include <string.h>

// Rounds to the nearest, ties to even, by adding to the bits that go. NaN keeps a bit that is set.
static inline uint16_t bf16_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return (uint16_t)(x != x ? 0x7fc0u : rounded);
}

// A sum of products of u8 and s8 as a number again: as enx_from_s32.
static inline float number_of(int32_t sum, float scale, float zero, float weight_scale, float total, float bias) {
#pragma clang fp contract(fast)
  return ((float)sum * weight_scale - zero * total) * scale + bias;
}
