#pragma once
// The decorators that keep the contract of the store under them, for suites that run over all.

#include <array>
#include <memory>
#include <string_view>

#include "kv/counting_store.h"
#include "kv/faulting_store.h"
#include "kv/prefix_store.h"
#include "kv/store.h"
#include "tests/kv/among_neighbours.h"
#include "tests/kv/strict_store.h"

namespace skerry::kv {

struct Decorator {
  std::string_view name;                         ///< "" for none
  std::unique_ptr<Store> (*wrap)(Store& inner);  ///< null for none
};

inline constexpr std::array<Decorator, 6> decorators = {{
    {"", [](Store&) { return std::unique_ptr<Store>(); }},
    {"counting", [](Store& inner) { return std::unique_ptr<Store>(count(inner)); }},
    {"faulting", [](Store& inner) { return std::unique_ptr<Store>(with_faults(inner)); }},
    {"strict", [](Store& inner) { return make_strict(inner, ViewLife::scope); }},
    {"prefixed", [](Store& inner) { return among_neighbours(with_prefixes(inner)); }},
    {"prefixed_strict",
     [](Store& inner) {
       return among_neighbours(with_prefixes(make_strict(inner, ViewLife::scope)));
     }},
}};

}  // namespace skerry::kv
