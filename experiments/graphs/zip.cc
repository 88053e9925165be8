#include "experiments/graphs/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "experiments/formats/framing.h"
#include "experiments/graphs/byte_reader.h"

namespace skerry::experiments {

namespace {

constexpr std::uint32_t local_mark = 0x04034b50;
constexpr std::uint32_t directory_mark = 0x02014b50;
constexpr std::uint32_t end_mark = 0x06054b50;
constexpr std::uint32_t end64_mark = 0x06064b50;
constexpr std::uint32_t locator64_mark = 0x07064b50;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t locator64_bytes = 20;
constexpr std::uint16_t extra64 = 1;
constexpr std::uint32_t see_extra = 0xffffffff;
constexpr std::uint16_t see_end64 = 0xffff;
constexpr std::uint64_t greatest_ratio = 1032;

std::uint32_t crc_of(Bytes bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

struct Member {
  std::string name;
  std::uint16_t flags, method;
  std::uint32_t crc;
  std::uint64_t packed, size, offset;
};

struct Directory {
  std::uint64_t members, offset;
};

/// The end record lies before a comment of unknown length: it is searched for from the back.
Directory find_directory(Bytes archive, const ByteReader& in) {
  const std::size_t longest = std::min<std::size_t>(archive.size(), end_bytes + 0xffff);
  for (std::size_t back = end_bytes; back <= longest; ++back) {
    const std::size_t at = archive.size() - back;
    const std::byte* end = archive.data() + at;
    if (load<std::uint32_t>(end) != end_mark || load<std::uint16_t>(end + 20) != back - end_bytes) {
      continue;
    }
    Directory found{load<std::uint16_t>(end + 10), load<std::uint32_t>(end + 16)};
    if (found.members != see_end64 && found.offset != see_extra) return found;
    if (at < locator64_bytes || load<std::uint32_t>(end - locator64_bytes) != locator64_mark) {
      return found;
    }
    const auto end64 = load<std::uint64_t>(end - locator64_bytes + 8);
    if (end64 > at || at - end64 < 56 ||
        load<std::uint32_t>(archive.data() + end64) != end64_mark) {
      in.fail("the zip's 64-bit end record is not where it should be");
    }
    return {load<std::uint64_t>(archive.data() + end64 + 32),
            load<std::uint64_t>(archive.data() + end64 + 48)};
  }
  in.fail("it ends without a zip directory");
}

Member take_member(ByteReader& in) {
  if (in.take<std::uint32_t>("a zip directory entry") != directory_mark) {
    in.fail("a zip directory entry has no mark");
  }
  in.take_bytes(4, "zip versions");
  Member member;
  member.flags = in.take<std::uint16_t>("zip flags");
  member.method = in.take<std::uint16_t>("a zip method");
  in.take_bytes(4, "a zip time");
  member.crc = in.take<std::uint32_t>("a zip checksum");
  member.packed = in.take<std::uint32_t>("a zip size");
  member.size = in.take<std::uint32_t>("a zip size");
  const auto name = in.take<std::uint16_t>("a zip name");
  const auto extra = in.take<std::uint16_t>("a zip extra");
  const auto comment = in.take<std::uint16_t>("a zip comment");
  in.take_bytes(8, "zip attributes");
  member.offset = in.take<std::uint32_t>("a zip offset");
  member.name = as_text(in.take_bytes(name, "a zip name"));
  ByteReader extras(in.take_bytes(extra, "a zip extra"), in.path());
  in.take_bytes(comment, "a zip comment");
  while (extras.left() >= 4) {
    const auto kind = extras.take<std::uint16_t>("a zip extra");
    const auto length = extras.take<std::uint16_t>("a zip extra");
    ByteReader field(extras.take_bytes(length, "a zip extra"), in.path());
    if (kind != extra64) continue;
    for (std::uint64_t* value : {&member.size, &member.packed, &member.offset}) {
      if (*value == see_extra) *value = field.take<std::uint64_t>("a 64-bit zip size");
    }
  }
  return member;
}

std::vector<std::byte> unpack(Bytes packed, const Member& member, const ByteReader& in) {
  if (member.method == 0) {
    if (member.size != packed.size()) in.fail("a stored zip member has two sizes");
    return {packed.begin(), packed.end()};
  }
  if (member.size / greatest_ratio > packed.size()) in.fail("a zip member's size is impossible");
  std::vector<std::byte> content(member.size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  std::size_t read = 0;
  std::size_t wrote = 0;
  int state = Z_OK;
  // zlib counts in 32 bits: long members go through in pieces.
  constexpr std::size_t piece = std::size_t{1} << 30;
  while (state == Z_OK) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data() + read));
    stream.avail_in = static_cast<uInt>(std::min(piece, packed.size() - read));
    stream.next_out = reinterpret_cast<Bytef*>(content.data() + wrote);
    stream.avail_out = static_cast<uInt>(std::min(piece, content.size() - wrote));
    const uInt in_before = stream.avail_in;
    const uInt out_before = stream.avail_out;
    state = inflate(&stream, Z_NO_FLUSH);
    read += in_before - stream.avail_in;
    wrote += out_before - stream.avail_out;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || wrote != content.size()) {
    in.fail(fmt::format("zip member `{}` cannot be unpacked", member.name));
  }
  return content;
}

}  // namespace

std::map<std::string, std::vector<std::byte>> read_zip(Bytes archive, const std::string& path) {
  ByteReader whole(archive, path);
  const Directory directory = find_directory(archive, whole);
  if (directory.offset > archive.size()) whole.fail("its zip directory lies beyond its end");
  ByteReader entries(archive.subspan(directory.offset), path);
  std::map<std::string, std::vector<std::byte>> members;
  std::uint64_t packed_bytes = 0;
  for (std::uint64_t i = 0; i < directory.members; ++i) {
    const Member member = take_member(entries);
    if ((member.flags & 1) != 0 || (member.method != 0 && member.method != 8)) {
      throw Error(Code::unsupported,
                  fmt::format("zip member `{}` is encrypted or packed by method {}; stored and "
                              "deflated ones can be read",
                              member.name, member.method),
                  {.path = path});
    }
    if (member.offset > archive.size()) whole.fail("a zip member lies beyond its end");
    ByteReader local(archive.subspan(member.offset), path);
    if (local.take<std::uint32_t>("a zip member") != local_mark) {
      whole.fail(fmt::format("zip member `{}` is not where the directory says", member.name));
    }
    local.take_bytes(22, "a zip member");
    const auto name = local.take<std::uint16_t>("a zip name");
    const auto extra = local.take<std::uint16_t>("a zip extra");
    local.take_bytes(std::size_t{name} + extra, "a zip name");
    const Bytes packed = local.take_bytes(member.packed, "a zip member");
    packed_bytes += packed.size();
    // Members that overlap would multiply what an archive unpacks to.
    if (packed_bytes > archive.size()) whole.fail("its zip members overlap");
    std::vector<std::byte> content = unpack(packed, member, whole);
    if (crc_of(content) != member.crc) {
      whole.fail(fmt::format("the checksum of zip member `{}` is wrong", member.name));
    }
    if (!members.emplace(member.name, std::move(content)).second) {
      whole.fail(fmt::format("zip member `{}` is there twice", member.name));
    }
  }
  return members;
}

void ZipWriter::add(std::string_view name, Bytes content) {
  const std::uint32_t crc = crc_of(content);
  const auto common = [&](std::vector<std::byte>& out) {
    append(out, std::uint16_t{45});    // version 4.5 knows 64-bit sizes
    append(out, std::uint16_t{0});     // flags
    append(out, std::uint16_t{0});     // stored
    append(out, std::uint16_t{0});     // time: midnight,
    append(out, std::uint16_t{0x21});  // 1 January 1980, so that equal graphs give equal files
    append(out, crc);
    append(out, see_extra);
    append(out, see_extra);
    append(out, static_cast<std::uint16_t>(name.size()));
  };
  const auto text = [&](std::vector<std::byte>& out) {
    const Bytes bytes = as_bytes(name);
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  std::vector<std::byte> local;
  append(local, local_mark);
  common(local);
  append(local, std::uint16_t{20});
  text(local);
  append(local, extra64);
  append(local, std::uint16_t{16});
  append(local, std::uint64_t{content.size()});
  append(local, std::uint64_t{content.size()});

  append(directory_, directory_mark);
  append(directory_, std::uint16_t{45});
  common(directory_);
  append(directory_, std::uint16_t{28});
  append(directory_, std::uint16_t{0});  // comment
  append(directory_, std::uint16_t{0});  // disk
  append(directory_, std::uint16_t{0});  // internal attributes
  append(directory_, std::uint32_t{0});  // external attributes
  append(directory_, see_extra);
  text(directory_);
  append(directory_, extra64);
  append(directory_, std::uint16_t{24});
  append(directory_, std::uint64_t{content.size()});
  append(directory_, std::uint64_t{content.size()});
  append(directory_, written_);

  file_.write(local);
  file_.write(content);
  written_ += local.size() + content.size();
  ++members_;
}

void ZipWriter::finish() {
  const std::uint64_t size = directory_.size();
  const std::uint64_t end64 = written_ + size;
  append(directory_, end64_mark);
  append(directory_, std::uint64_t{44});  // bytes of this record that follow
  append(directory_, std::uint16_t{45});
  append(directory_, std::uint16_t{45});
  append(directory_, std::uint32_t{0});  // disks
  append(directory_, std::uint32_t{0});
  append(directory_, members_);
  append(directory_, members_);
  append(directory_, size);
  append(directory_, written_);
  append(directory_, locator64_mark);
  append(directory_, std::uint32_t{0});
  append(directory_, end64);
  append(directory_, std::uint32_t{1});
  append(directory_, end_mark);
  append(directory_, std::uint16_t{0});
  append(directory_, std::uint16_t{0});
  append(directory_, see_end64);
  append(directory_, see_end64);
  append(directory_, see_extra);
  append(directory_, see_extra);
  append(directory_, std::uint16_t{0});
  file_.write(directory_);
  file_.commit();
}

}  // namespace skerry::experiments
