#pragma once
// Codes that the walks of a build compare in place of rows (BuildParameters::construction).
//
// A walk by codes finds the candidates of a new item; all of them are compared with it by rows
// before a rule selects among them, so that selection sees exact distances only. Codes and their
// distances are the same bits on every CPU and for any number of threads, and so is the graph.

#include <memory>
#include <span>
#include <vector>

#include "distance/encoding.h"
#include "graph/build.h"
#include "graph/codes.h"
#include "graph/rows.h"
#include "graph/search.h"

namespace skerry::graph {

/// Codes of all rows of a build. Immutable.
class ConstructionCodes {
 public:
  /// Throws what train_encoder() and encode_rows() throw.
  ConstructionCodes(const distance::Encoding& encoding, const Rows& rows, unsigned threads)
      : encoder_(train_encoder(encoding, rows)),
        codes_(encode_rows(encoder_, rows, {}, threads)),
        kernel_(encoding.choose_kernel()) {}

  const RowBlock& codes() const noexcept { return codes_; }

  /// The item of `row` as what a walk looks for; valid until `query` changes.
  Target aim(const std::byte* row, std::vector<std::byte>& query) const {
    query.resize(encoder_.query_bytes());
    encoder_.encode_query(row, query.data());
    return {query.data(), kernel_, encoder_.dimension(), true};
  }

 private:
  distance::Encoder encoder_;
  RowBlock codes_;
  distance::BatchKernel kernel_;
};

/// Those that `parameters` ask for; null for none. Throws what ConstructionCodes() throws.
std::unique_ptr<const ConstructionCodes> construction_codes(const BuildParameters& parameters,
                                                            const Rows& rows);

/// The graph that `window` shows, with codes for rows.
template <GraphView Window>
class CodedWindow {
 public:
  CodedWindow(Window& window, const RowBlock& codes) : window_(&window), codes_(&codes) {}

  std::size_t size() const { return window_->size(); }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out) {
    return window_->links(level, slot, out);
  }

  Code rows(std::span<const Slot> slots, const std::byte** out) const noexcept {
    codes_->gather(slots, out);
    return Code::ok;
  }

  void prefetch(Slot slot) const { window_->prefetch(slot); }

  RecordPlace failure() const { return window_->failure(); }

 private:
  Window* window_;
  const RowBlock* codes_;
};

}  // namespace skerry::graph
