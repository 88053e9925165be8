#include "experiments/tar_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.h"
#include "experiments/formats/input_file.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

namespace {

using Reader = std::unique_ptr<struct archive, int (*)(struct archive*)>;

[[noreturn]] void damaged(const Reader& reader, const std::filesystem::path& path) {
  const char* reason = ::archive_error_string(reader.get());
  throw Error(Code::corrupt,
              fmt::format("the archive is damaged: {}", reason == nullptr ? "no reason" : reason),
              {.path = path.string()});
}

void copy_member(const Reader& reader, const std::filesystem::path& archive, const Member& member) {
  constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
  std::vector<std::byte> buffer(buffer_bytes);
  OutputFile file(member.target);
  while (true) {
    const la_ssize_t count = ::archive_read_data(reader.get(), buffer.data(), buffer.size());
    if (count < 0) damaged(reader, archive);
    if (count == 0) break;
    file.write(Bytes(buffer).first(static_cast<std::size_t>(count)));
  }
  file.commit();
}

}  // namespace

void extract_members(const std::filesystem::path& archive, std::span<const Member> members) {
  const InputFile exists(archive.string());
  const Reader reader(::archive_read_new(), &::archive_read_free);
  if (!reader) throw std::bad_alloc();
  ::archive_read_support_filter_all(reader.get());
  ::archive_read_support_format_tar(reader.get());
  constexpr std::size_t block_bytes = std::size_t{1} << 16;
  if (::archive_read_open_filename(reader.get(), archive.c_str(), block_bytes) != ARCHIVE_OK) {
    damaged(reader, archive);
  }
  std::vector<bool> written(members.size());
  while (std::find(written.begin(), written.end(), false) != written.end()) {
    struct archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) damaged(reader, archive);
    const char* path = ::archive_entry_pathname(entry);
    if (path == nullptr || ::archive_entry_filetype(entry) != AE_IFREG) continue;
    const std::string name = std::filesystem::path(path).filename().string();
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (written[i] || members[i].name != name) continue;
      copy_member(reader, archive, members[i]);
      written[i] = true;
    }
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (written[i]) continue;
    throw Error(Code::corrupt, fmt::format("the archive has no file `{}`", members[i].name),
                {.path = archive.string()});
  }
}

}  // namespace skerry::experiments
