// Sixteen floats at a time: one register with AVX-512, two with AVX2, four without.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef float lanes __attribute__((ext_vector_type(16)));
typedef float lanes_anywhere __attribute__((ext_vector_type(16), aligned(4), may_alias));
typedef int32_t indices __attribute__((ext_vector_type(16)));
enum { width = 16 };
static inline size_t in_groups(size_t n) { return (n + width - 1) / width * width; }

// Macros, since a function that takes lanes would be called differently with and without AVX-512.
#define LOAD(place) ((lanes) * (const lanes_anywhere *)(place))
#define STORE(place, value) (*(lanes_anywhere *)(place) = (value))
#define ALL(value) ((lanes)(value))
#define UNROLL _Pragma("clang loop unroll(full)")
