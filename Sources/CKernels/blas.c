#include "CKernels.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// OpenBLAS is loaded when first needed: its core must be pinned by the environment before it starts, and a run that
// computes nothing need not pay for it.

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*sgemm_function)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                               float *, int);
typedef char *(*text_function)(void);
typedef void (*set_threads_function)(int);

static struct {
    sgemm_function sgemm;
    text_function config, core;
} blas;

const char *pk_blas_load(const char *core) {
    if (core) setenv("OPENBLAS_CORETYPE", core, 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    blas.sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
    blas.config = (text_function)dlsym(library, "openblas_get_config");
    blas.core = (text_function)dlsym(library, "openblas_get_corename");
    set_threads_function set_threads = (set_threads_function)dlsym(library, "openblas_set_num_threads");
    if (!blas.sgemm || !blas.config || !blas.core || !set_threads) return "libopenblas.so.0 lacks cblas_sgemm";
    set_threads(1);
    return NULL;
}

const char *pk_blas_config(void) { return blas.config(); }
const char *pk_blas_core(void) { return blas.core(); }

void pk_sgemm(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda,
              const float *b, size_t ldb, float beta, float *c, size_t ldc) {
    blas.sgemm(ROW_MAJOR, transpose_a ? TRANSPOSE : NO_TRANSPOSE, transpose_b ? TRANSPOSE : NO_TRANSPOSE, (int)m,
               (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}
