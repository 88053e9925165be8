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

/// Stateless; one object of each kind lives for the whole program. An empty list is a legal value.
class LinkCodec {
 public:
  virtual ~LinkCodec() = default;

  virtual std::string_view name() const noexcept = 0;

  /// One line for `skerry list`.
  virtual std::string_view description() const noexcept = 0;

  /// Appends the encoding of `slots` (strictly ascending) to `out`.
  virtual void encode(std::span<const Slot> slots, std::vector<std::byte>& out) const = 0;

  /// Replaces `out` by the list, ascending. corrupt, never undefined behaviour, for any bytes that
  /// encode() cannot have written for slots below `limit`, at most `max_links` of them.
  virtual Code decode(Bytes value, Slot limit, std::size_t max_links,
                      std::vector<Slot>& out) const = 0;
};

/// All codecs, in the order in which they are listed to people.
std::span<const LinkCodec* const> link_codecs();

/// By name; Error{invalid_argument} that names the nearest codec and lists the rest.
const LinkCodec& link_codec(std::string_view name);

}  // namespace skerry::graph
