#pragma once
// How a list of out-links becomes the value of a record.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/types.h"

namespace skerry::graph {

/// What a reader knows about a list besides its bytes.
struct ListContext {
  Slot own = 0;               ///< whose list it is
  Slot limit = 0;             ///< every slot of the list is below
  std::size_t max_links = 0;  ///< the list is not longer
};

/// Stateless; one object of each kind lives for the whole program. An empty list is a legal value.
class LinkCodec {
 public:
  virtual ~LinkCodec() = default;

  virtual std::string_view name() const noexcept = 0;

  /// One line for `skerry list`.
  virtual std::string_view description() const noexcept = 0;

  /// Appends the encoding of the list `slots` (strictly ascending) of `own` to `out`. It must not
  /// depend on the number of items, so that a list stays valid while the index grows.
  virtual void encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const = 0;

  /// Replaces `out` by the list, ascending. corrupt, never undefined behaviour, for any bytes that
  /// encode() cannot have written for a list of this context.
  virtual Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const = 0;
};

/// All codecs, in the order in which they are listed to people.
std::span<const LinkCodec* const> link_codecs();

/// By name; Error{invalid_argument} that names the nearest codec and lists the rest.
const LinkCodec& link_codec(std::string_view name);

}  // namespace skerry::graph
