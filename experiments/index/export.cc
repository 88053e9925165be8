// `skerry index export`

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "base/error.h"
#include "experiments/formats/matrix_writer.h"
#include "experiments/formats/output_file.h"
#include "experiments/formats/sources.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/vector_source.h"
#include "experiments/table.h"
#include "graph/stored_index.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 3> options = {{
    {.name = "vectors",
     .value = "FILE",
     .description = "fvecs, bvecs, fbin, u8bin, i8bin, npy; ndjson, jsonl; -: standard output"},
    {.name = "ids", .value = "FILE", .description = "writes the ids, too, one a line"},
    name_option,
}};

constexpr Command command = {
    .usage = "skerry index export DIR --vectors FILE [--ids FILE] [--name INDEX]",
    .summary =
        "Writes the vectors of an index by ascending id, exactly as they were given. Lines of "
        "JSON\n"
        "(*.ndjson, *.jsonl, standard output) have the ids; other formats have rows only.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

/// Id and slot of each live item, by ascending id.
std::vector<std::pair<ItemId, Slot>> items_of(const graph::StoredIndex& index) {
  std::vector<std::pair<ItemId, Slot>> items;
  index.for_each_item([&](ItemId id, Slot slot) { items.emplace_back(id, slot); });
  std::sort(items.begin(), items.end());
  return items;
}

void read_vector(const graph::StoredIndex& index, Slot slot, std::size_t bytes, std::byte* out) {
  kv::Scope scope;
  Bytes row;
  if (const Code code = index.get_row(slot, scope, row); code != Code::ok) {
    const graph::VectorKey key(index.packing().row_block(slot));
    throw Error(code, fmt::format("a vector cannot be read: {}", name(code)),
                {.table = graph::table_name(index.name(), "vectors"), .key = to_hex(key.bytes)});
  }
  std::memcpy(out, row.data(), bytes);
}

bool is_bit(const graph::StoredIndex& index) {
  return index.metric().element == distance::Element::bit;
}

/// The vectors as a file's matrix: f32, or for hamming bytes of eight bits, or bytes of 0 and 1.
class IndexMatrix final : public MatrixFile {
 public:
  IndexMatrix(const std::string& path, const graph::StoredIndex& index,
              const std::vector<std::pair<ItemId, Slot>>& items, bool packed)
      : MatrixFile(path, ""), index_(&index), items_(&items), packed_(packed) {
    shape_.scalar = is_bit(index) ? Scalar::u8 : Scalar::f32;
    shape_.rows = items.size();
    shape_.columns = packed ? index.meta().dimension / 8 : index.meta().dimension;
  }

  void read(std::size_t first, std::size_t count, std::byte* out) const override {
    const std::size_t bytes = index_->metric().vector_bytes(index_->meta().dimension);
    std::vector<std::byte> vector(bytes);
    for (std::size_t i = 0; i < count; ++i, out += row_bytes()) {
      read_vector(*index_, (*items_)[first + i].second, bytes, vector.data());
      if (packed_ || !is_bit(*index_)) {
        std::memcpy(out, vector.data(), bytes);
        continue;
      }
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        out[j] = (vector[j / 8] >> (j % 8)) & std::byte{1};
      }
    }
  }

 private:
  const graph::StoredIndex* index_;
  const std::vector<std::pair<ItemId, Slot>>* items_;
  bool packed_;
};

void write_rows(const std::string& path, const graph::StoredIndex& index,
                const std::vector<std::pair<ItemId, Slot>>& items) {
  if (items.empty()) {
    throw Error(Code::invalid_argument,
                "the index has no items, and the format no way to say so; lines of JSON have one",
                {.path = path});
  }
  const std::string format = format_of(path);
  const bool packed = is_bit(index) && (format == "u8bin" || format == "bvecs");
  if (packed && index.meta().dimension % 8 != 0) {
    throw Error(Code::invalid_argument,
                fmt::format("{} holds bits in whole bytes and the dimension is {}; choose npy",
                            format, index.meta().dimension),
                {.path = path});
  }
  write_matrix(IndexMatrix(path, index, items, packed), path);
}

void write_json_lines(const std::string& path, const graph::StoredIndex& index,
                      const std::vector<std::pair<ItemId, Slot>>& items) {
  std::optional<OutputFile> file;
  if (path != "-") file.emplace(path);
  const std::size_t bytes = index.metric().vector_bytes(index.meta().dimension);
  std::vector<std::byte> vector(bytes);
  std::string line;
  for (const auto& [id, slot] : items) {
    read_vector(index, slot, bytes, vector.data());
    line = fmt::format("{{\"id\":{},\"vector\":[", id);
    for (std::size_t i = 0; i < index.meta().dimension; ++i) {
      if (i > 0) line += ',';
      if (is_bit(index)) {
        line += (vector[i / 8] >> (i % 8) & std::byte{1}) == std::byte{0} ? '0' : '1';
      } else {
        fmt::format_to(std::back_inserter(line), "{}",
                       load<float>(vector.data() + i * sizeof(float)));
      }
    }
    line += "]}\n";
    if (file) {
      file->write(as_bytes(line));
    } else if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) {
      throw Error(Code::io, "cannot write to standard output");
    }
  }
  if (file) file->commit();
}

void write_ids(const std::string& path, const std::vector<std::pair<ItemId, Slot>>& items) {
  OutputFile file(path);
  std::string lines;
  for (const auto& [id, slot] : items) lines += fmt::format("{}\n", id);
  file.write(as_bytes(lines));
  file.commit();
}

}  // namespace

int index_export(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::string path = needed(parsed, "vectors");
  if (!is_json_lines(path)) (void)format_of(path);
  const std::unique_ptr<kv::Store> store = open_to_read(parsed.positional.front());
  const graph::StoredIndex index(*store, parsed.value("name"));
  const std::vector<std::pair<ItemId, Slot>> items = items_of(index);
  const bool with_ids = is_json_lines(path);
  if (with_ids) {
    write_json_lines(path, index, items);
  } else {
    write_rows(path, index, items);
  }
  if (parsed.has("ids")) write_ids(parsed.value("ids"), items);
  if (path != "-") {
    fmt::print("{}: {} vectors of {} components\n", path, grouped(items.size()),
               index.meta().dimension);
  }
  const bool rows_are_ids = items.empty() || items.back().first == items.size() - 1;
  if (!with_ids && !rows_are_ids && !parsed.has("ids")) {
    fmt::print(stderr,
               "skerry: warning: ids are not row numbers and are not in the file; --ids FILE "
               "writes them\n");
  }
  return 0;
}

}  // namespace skerry::experiments
