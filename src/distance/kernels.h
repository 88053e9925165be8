#pragma once
// The kernel families, each compiled for every instruction set and chosen once at run time.

#include "distance/metric.h"

namespace skerry::distance {

Kernels squared_l2_kernels();
Kernels cosine_kernels();
Kernels negative_dot_kernels();
Kernels l1_kernels();
Kernels hamming_kernels();

// Over codes (distance/encoding.h).
BatchKernel f16_code_kernel();
BatchKernel i8_code_kernel();
BatchKernel i4_code_kernel();
BatchKernel rabitq_code_kernel();

}  // namespace skerry::distance
