#pragma once
// The reading half of a prefix store, for snapshots and transactions.

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "kv/names.h"
#include "kv/prefix_key.h"
#include "kv/store.h"

namespace skerry::kv {

/// What a Scope holds: the scope of the store below, and room for the keys of a multi_get.
class PrefixPins final : public Scope::Pins {
 public:
  void reset() noexcept override { below.reset(); }

  /// The keys behind `prefix`, until the next call; illegal ones as PrefixedKey has them.
  std::span<const Key> prefixed(Prefix prefix, std::span<const Key> keys);

  Scope below;

 private:
  std::vector<std::byte> bytes_;
  std::vector<Key> keys_;
};

/// Walks the records of one prefix by a cursor that could walk all.
std::unique_ptr<Cursor> prefix_cursor(std::unique_ptr<Cursor> inner, Prefix prefix);

template <class Base>
class PrefixReads : public Base {
 public:
  /// `owner` is the store: what is pinned belongs to the snapshot below, which sees to it itself.
  PrefixReads(std::unique_ptr<Base> inner, const void* owner)
      : inner_(std::move(inner)), owner_(owner) {}

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    const PrefixedKey prefixed(table, key);
    return inner_->get(table_below(table), prefixed.bytes(), pins(scope).below, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    PrefixPins& pins = this->pins(scope);
    const Prefix prefix = prefix_of(table);
    return inner_->multi_get(table_below(table),
                             prefix == no_prefix ? keys : pins.prefixed(prefix, keys), views,
                             pins.below);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    std::unique_ptr<Cursor> cursor = inner_->cursor(table_below(table));
    const Prefix prefix = prefix_of(table);
    return prefix == no_prefix ? std::move(cursor) : prefix_cursor(std::move(cursor), prefix);
  }

  ViewLife view_life() const noexcept override { return inner_->view_life(); }

 protected:
  std::unique_ptr<Base> inner_;

 private:
  PrefixPins& pins(Scope& scope) const {
    return static_cast<PrefixPins&>(
        scope.pins(owner_, [] { return std::make_unique<PrefixPins>(); }));
  }

  const void* owner_;
};

using PrefixSnapshot = PrefixReads<Snapshot>;

}  // namespace skerry::kv
