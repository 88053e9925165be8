#pragma once
// Between LMDB's words and ours. Templates only so that lmdb.h stays out of headers.

#include "kv/store.h"

struct MDB_val;

namespace skerry::kv {

/// LMDB does not write through the pointer.
template <class Val = MDB_val>
Val lmdb_val(Bytes bytes) noexcept {
  return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}

template <class Val>
View lmdb_view(const Val& val) noexcept {
  return {static_cast<const std::byte*>(val.mv_data), val.mv_size};
}

template <class Val>
Bytes lmdb_bytes(const Val& val) noexcept {
  return {static_cast<const std::byte*>(val.mv_data), val.mv_size};
}

/// A TableId is LMDB's handle.
inline unsigned int lmdb_dbi(TableId table) noexcept { return static_cast<unsigned int>(table); }

}  // namespace skerry::kv
