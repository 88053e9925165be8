#pragma once
// The cursor of a table that a store does not have, or of a transaction that has ended.

#include "kv/store.h"

namespace skerry::kv {

/// Answers every move with one code.
class NoCursor final : public Cursor {
 public:
  explicit NoCursor(Code code) : code_(code) {}

  Code seek(Key) override { return code_; }

  Code seek_prefix(Key) override { return code_; }

  Code next() override { return code_; }

 private:
  Code code_;
};

}  // namespace skerry::kv
