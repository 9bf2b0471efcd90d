// How a file of kernels is compiled once for each set of instructions: it includes its .inc file after
//   #define SET avx2     what the names of its functions end with
// and whatever else that file asks for.

#ifndef CKERNELS_SETS_H
#define CKERNELS_SETS_H

// The arguments of every function here are pointers and scalars, so the vector ABI does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#define JOINED(a, b) JOINED_AS_THEY_ARE(a, b)
#define JOINED_AS_THEY_ARE(a, b) a##_##b
#define NAME(f) JOINED(f, SET)

// f(1) ... f(rows), for a constant.
#define UP_TO(rows, f) JOINED(UP_TO, rows)(f)
#define UP_TO_2(f) f(1) f(2)
#define UP_TO_3(f) UP_TO_2(f) f(3)
#define UP_TO_4(f) UP_TO_3(f) f(4)
#define UP_TO_5(f) UP_TO_4(f) f(5)
#define UP_TO_6(f) UP_TO_5(f) f(6)
#define UP_TO_7(f) UP_TO_6(f) f(7)
#define UP_TO_12(f) UP_TO_7(f) f(8) f(9) f(10) f(11) f(12)
#define UP_TO_14(f) UP_TO_12(f) f(13) f(14)

// Functions from here to FOR_ALL may use these instructions.
#define FOR_SET(instructions) DO_PRAGMA(clang attribute push(__attribute__((target(instructions))), apply_to = function))
#define FOR_ALL DO_PRAGMA(clang attribute pop)
#define DO_PRAGMA(text) _Pragma(#text)
#define TARGET_AVX2 "avx2,fma,f16c"
#define TARGET_AVX512 "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"

#endif
