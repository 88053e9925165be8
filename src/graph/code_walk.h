#pragma once
// What a walk by codes needs beside the view of the exact rows.

#include <cstddef>
#include <utility>
#include <vector>

#include "distance/encoding.h"
#include "graph/plan_query.h"
#include "graph/search.h"

namespace skerry::graph {

/// For one thread. `view` shows the same graph as the view of the exact rows, with codes for rows.
/// One that compares by itself has aim(query), which is told each query as it is coded.
template <GraphView View>
class CodeWalk {
 public:
  /// `encoder` is the one that made the codes, and outlives this. `costs` are those of walks by
  /// codes and scans of rows.
  CodeWalk(View view, const distance::Encoder& encoder, const QueryCosts& costs)
      : view_(std::move(view)),
        encoder_(&encoder),
        costs_(costs),
        kernel_(encoder.encoding().choose_kernel()),
        query_(encoder.query_bytes()) {}

  View& view() noexcept { return view_; }

  const QueryCosts& costs() const noexcept { return costs_; }

  /// The query whose exact row is `row`, valid until the next call. Throws what
  /// Encoder::encode_query() throws.
  Target aim(const std::byte* row) {
    encoder_->encode_query(row, query_.data());
    if constexpr (requires { view_.aim(query_.data()); }) view_.aim(query_.data());
    return {query_.data(), kernel_, encoder_->dimension(), true};
  }

 private:
  View view_;
  const distance::Encoder* encoder_;
  QueryCosts costs_;
  distance::BatchKernel kernel_;
  std::vector<std::byte> query_;
};

}  // namespace skerry::graph
