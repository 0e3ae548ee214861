// How loops are compiled for the processor they run on.
#pragma once

#if defined(__x86_64__) && defined(__linux__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

// Input and output may be the same array: no iteration reads what another wrote, so lanes are safe.
#define LANES_ARE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// The same, four registers at a time: for sums, whose steps wait for one another.
#define LANES_BY_FOUR _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")

// A sum may be formed lane by lane only where the compiler may reorder it.
#define REORDER_SUMS _Pragma("clang fp reassociate(on) contract(fast)")
