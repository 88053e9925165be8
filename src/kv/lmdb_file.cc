#include "kv/lmdb_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::kv {

namespace {

constexpr std::size_t page_header = 16;
constexpr std::uint32_t magic = 0xBEEFC0DE;
constexpr std::uint32_t data_version = 1;
constexpr std::uint64_t no_page = ~std::uint64_t{0};
constexpr unsigned branch_page = 0x01;
constexpr unsigned leaf_page = 0x02;
constexpr unsigned meta_page = 0x08;
constexpr unsigned fixed_leaf_page = 0x20;
constexpr unsigned big_data = 0x01;
constexpr unsigned sub_data = 0x02;

struct File {
  explicit File(const std::filesystem::path& name)
      : path(name), descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};

    if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
      throw Error(Code::io, fmt::format("cannot read the file: {}", std::strerror(errno)),
                  {.path = path.string()});
    }
    size = static_cast<std::uint64_t>(status.st_size);
  }

  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }

  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[noreturn]] void corrupt(const std::string& what) const {
    throw Error(Code::corrupt, "the LMDB file is damaged: " + what, {.path = path.string()});
  }

  void read(std::uint64_t offset, std::vector<std::byte>& into) const {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor, into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        corrupt(fmt::format("it ends at byte {}, before byte {}", size, offset + into.size()));
      done += static_cast<std::size_t>(got);
    }
  }

  std::filesystem::path path;
  int descriptor;
  std::uint64_t size = 0;
};

struct Meta {
  std::uint64_t page_size = 0;
  std::array<std::uint64_t, 2> roots{};
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
};

std::uint16_t load16(const std::byte* from) { return load<std::uint16_t>(from); }

Meta newest_meta(const File& file) {
  if (file.size < 2 * 512) file.corrupt(fmt::format("it has {} bytes", file.size));
  Meta newest;
  bool found = false;
  std::uint64_t page_size = 0;
  for (int i = 0; i < 2; ++i) {
    if (i == 1 && page_size == 0) break;
    std::vector<std::byte> page(page_header + 136);
    file.read(i == 0 ? 0 : page_size, page);
    const std::byte* meta = page.data() + page_header;
    const bool usable =
        (load16(page.data() + 10) & meta_page) != 0 && load<std::uint32_t>(meta) == magic;
    if (!usable) continue;
    if (const auto version = load<std::uint32_t>(meta + 4) & 0xffff; version != data_version) {
      throw Error(Code::version, "the LMDB file has another format version than this program reads",
                  {.path = file.path.string(),
                   .expected = std::to_string(data_version),
                   .found = std::to_string(version)});
    }
    Meta read;
    read.page_size = load<std::uint32_t>(meta + 24);
    read.roots = {load<std::uint64_t>(meta + 24 + 40), load<std::uint64_t>(meta + 72 + 40)};
    read.last_page = load<std::uint64_t>(meta + 120);
    read.transaction = load<std::uint64_t>(meta + 128);
    if (read.page_size < 512 || read.page_size > 65536 ||
        (read.page_size & (read.page_size - 1)) != 0) {
      continue;
    }
    page_size = read.page_size;
    if (!found || read.transaction >= newest.transaction) newest = read;
    found = true;
  }
  if (!found) file.corrupt("neither of its two meta pages can be used");
  return newest;
}

/// Visits all pages of the newest version. Bounded by the number of pages that the file can hold.
class Walk {
 public:
  Walk(const File& file, const Meta& meta)
      : file_(file), meta_(meta), left_(file.size / meta.page_size + 1) {}

  void tree(std::uint64_t root, unsigned depth = 0) {
    if (root == no_page) return;
    if (depth > 64 || left_ == 0) file_.corrupt("its trees do not end");
    --left_;
    need(root, 1);
    std::vector<std::byte> page(meta_.page_size);
    file_.read(root * meta_.page_size, page);
    const unsigned flags = load16(page.data() + 10);
    if ((flags & (branch_page | leaf_page)) == 0) {
      file_.corrupt(fmt::format("page {} is not a page of a tree", root));
    }
    if ((flags & fixed_leaf_page) != 0) return;
    const std::size_t lower = load16(page.data() + 12);
    if (lower < page_header || lower > meta_.page_size) bad_node(root);
    const std::size_t nodes = (lower - page_header) / 2;
    for (std::size_t i = 0; i < nodes; ++i) {
      const std::size_t at = load16(page.data() + page_header + 2 * i);
      if (at < lower || at + 8 > meta_.page_size) bad_node(root);
      const std::byte* node = page.data() + at;
      const std::uint64_t low = load16(node);
      const std::uint64_t high = load16(node + 2);
      const std::uint64_t upper = load16(node + 4);
      if ((flags & branch_page) != 0) {
        tree(low | (high << 16) | (upper << 32), depth + 1);
        continue;
      }
      const std::size_t size = low | (high << 16);
      const std::size_t data = at + 8 + load16(node + 6);
      if ((upper & big_data) != 0) {
        if (data + 8 > meta_.page_size) bad_node(root);
        need(load<std::uint64_t>(page.data() + data),
             (page_header + size - 1) / meta_.page_size + 1);
      } else if ((upper & sub_data) != 0) {
        if (data + 48 > meta_.page_size) bad_node(root);
        tree(load<std::uint64_t>(page.data() + data + 40), depth + 1);
      }
    }
  }

 private:
  [[noreturn]] void bad_node(std::uint64_t page) const {
    file_.corrupt(fmt::format("page {} has a node outside of itself", page));
  }

  void need(std::uint64_t page, std::uint64_t count) const {
    const std::uint64_t pages = file_.size / meta_.page_size;
    if (page >= pages || count > pages - page) {
      file_.corrupt(fmt::format("it is cut off: page {} is needed, the file has {} pages",
                                page + count - 1, pages));
    }
  }

  const File& file_;
  const Meta& meta_;
  std::uint64_t left_;
};

}  // namespace

void check_lmdb_file(const std::filesystem::path& path) {
  const File file(path);
  const Meta meta = newest_meta(file);
  if (file.size / meta.page_size > meta.last_page) return;
  // LMDB does not write pages that a transaction allocated at the end and gave back, so a healthy
  // file may be short of its last page number. Only then is every page looked up.
  Walk walk(file, meta);
  for (const std::uint64_t root : meta.roots) walk.tree(root);
}

}  // namespace skerry::kv
