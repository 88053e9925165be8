#pragma once
// Codes that lie beside the links of a node (layout `inline`), for the views.
//
// A walk asks a view for the links of a node and then for the codes of those that it has not seen.
// They stand beside the list already, so that a view needs to remember no more than the list that
// it gave last. Whoever asks for other slots (entry points, levels above 0, filters that look two
// hops ahead) gets them from the table `codes`: the bytes are the same.

#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "base/error.h"
#include "base/prefetch.h"
#include "base/types.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// The list that a view gave last, with the codes of its targets. Owns nothing.
class InlineCodes {
 public:
  /// Holds nothing ever.
  InlineCodes() = default;

  /// Of a view of `places`, which may be no codes or have none inline.
  InlineCodes(const StoredIndex& index, const RowPlaces& places)
      : code_bytes_(places.codes && index.packing().codes_inline() ? index.encoder()->code_bytes()
                                                                   : 0),
        asked_(asked_of_row(code_bytes_)) {}

  /// Whether the view shows codes that lie inline.
  bool used() const noexcept { return code_bytes_ != 0; }

  void forget() noexcept { list_ = {}; }

  /// Both stay in place until the next take() or forget(). corrupt when it is not a code for each.
  Code take(std::span<const Slot> list, Bytes codes) noexcept {
    if (codes.size() != list.size() * code_bytes_) return Code::corrupt;
    list_ = list;
    codes_ = codes.data();
    return Code::ok;
  }

  /// Points out[i] to the code of slots[i], when all stand in the list, in its order; else false,
  /// and `out` holds anything.
  bool find(std::span<const Slot> slots, const std::byte** out) const noexcept {
    if (slots.size() > list_.size()) return false;
    std::size_t found = 0;
    const std::byte* code = codes_;
    // No branch on whether a slot is wanted, which nobody could foretell.
    for (std::size_t at = 0; at < list_.size() && found < slots.size(); ++at, code += code_bytes_) {
      out[found] = code;
      found += list_[at] == slots[found] ? 1 : 0;
    }
    if (found < slots.size()) return false;
    for (std::size_t i = 0; i < found; ++i) ask_for(out[i], asked_);
    return true;
  }

 private:
  std::size_t code_bytes_ = 0;
  std::size_t asked_ = 0;  ///< bytes of a code that find() asks for
  std::span<const Slot> list_;
  const std::byte* codes_ = nullptr;
};

}  // namespace skerry::graph
