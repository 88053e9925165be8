#include "kv/lmdb_file.h"

#include <fmt/format.h>

#include "base/error.h"
#include "kv/lmdb_data_file.h"
#include "kv/lmdb_metas.h"
#include "kv/lmdb_pages.h"

namespace skerry::kv {

namespace {

[[noreturn]] void corrupt(const lmdb::DataFile& file, const std::string& what) {
  throw Error(Code::corrupt, "the LMDB file is damaged: " + what, {.path = file.path().string()});
}

/// Neither meta page can be used. Says so, or that another version of LMDB wrote them.
[[noreturn]] void refuse(const lmdb::DataFile& file, const lmdb::Metas& metas) {
  if (lmdb::MetaBytes bytes; file.read(0, bytes).empty()) {
    const lmdb::Meta meta = lmdb::Meta::load(bytes.data() + lmdb::page_header);
    if (meta.magic == lmdb::magic && meta.version != lmdb::data_version) {
      throw Error(Code::version, "the LMDB file has another format version than this program reads",
                  {.path = file.path().string(),
                   .expected = std::to_string(lmdb::data_version),
                   .found = std::to_string(meta.version)});
    }
  }
  corrupt(file, fmt::format("neither of its two meta pages can be used: {}; {}", metas.faults[0],
                            metas.faults[1]));
}

}  // namespace

void check_lmdb_file(const std::filesystem::path& path) {
  const lmdb::DataFile file(path);
  const lmdb::Metas metas = lmdb::read_metas(file);
  if (!metas.newest) refuse(file, metas);
  const lmdb::Meta& meta = metas.newest->meta;
  if (file.size() / meta.page_size() > meta.last_page) return;
  // LMDB does not write pages that a transaction allocated at the end and gave back, so a healthy
  // file may be short of its last page number. Only then is every page looked up.
  const PageWalk walk = walk_lmdb_pages(path);
  if (walk.fault_count > 0) {
    const PageFault& fault = walk.faults.front();
    corrupt(file, fmt::format("page {}: {}", fault.page, fault.what));
  }
}

}  // namespace skerry::kv
