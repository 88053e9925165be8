#pragma once
// What the tests of this folder say in few words.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "kv/store.h"
#include "tests/support/temp_dir.h"

namespace skerry::kv {

inline Bytes b(std::string_view text) { return as_bytes(text); }

/// The value as text, or "<absent>".
inline std::string get(const Snapshot& snapshot, TableId table, std::string_view key) {
  Scope scope;
  View view;
  const Code code = snapshot.get(table, b(key), scope, view);
  if (code == Code::not_found) {
    EXPECT_FALSE(view);
    return "<absent>";
  }
  EXPECT_EQ(name(code), name(Code::ok));
  return std::string(as_text(view.bytes()));
}

/// The code of the Error that `action` throws, and its message; ok if it throws none.
template <class Action>
Code code_of(Action&& action, std::string* message = nullptr) {
  try {
    action();
  } catch (const Error& error) {
    if (message) *message = error.what();
    return error.code();
  }
  return Code::ok;
}

/// The value of one of a store's engine_counters().
inline std::uint64_t counter(Store& store, std::string_view name) {
  for (const EngineCounter& each : store.engine_counters()) {
    if (each.name == name) return each.value;
  }
  ADD_FAILURE() << "there is no counter " << name;
  return 0;
}

/// A directory for a store of one engine.
class EngineTest : public testing::Test {
 protected:
  /// `count` records of `size` bytes in table t, with keys from "100000" on.
  static void fill(Store& store, std::size_t count, std::size_t size) {
    const TableId table = store.table("t");
    const auto bulk = store.bulk({&table, 1});
    const std::string value(size, 'v');
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(bulk->add(table, b(std::to_string(100000 + i)), b(value)), Code::ok);
    }
    bulk->publish();
  }

  template <class Action>
  Code code_of(Action&& action) {
    return kv::code_of(action, &message_);
  }

  support::TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "store";
  std::string message_;
};

}  // namespace skerry::kv
