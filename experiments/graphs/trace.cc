#include "experiments/graphs/trace.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>
#include <new>

#include "experiments/formats/framing.h"
#include "experiments/formats/input_file.h"
#include "experiments/formats/output_file.h"
#include "experiments/graphs/byte_reader.h"

namespace skerry::experiments {

namespace {

constexpr std::string_view magic = "sktrace\n";
constexpr std::uint32_t missing_mark = 0xffffffff;

void append_scored(std::vector<std::byte>& out, std::span<const Neighbor> scored) {
  for (const Neighbor& each : scored) {
    append(out, each.slot);
    append(out, each.distance);
  }
}

void take_scored(ByteReader& in, std::uint32_t count, std::uint64_t items, Trace& trace) {
  if (count > in.left() / 8) in.fail("it is too short for its distances");
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto slot = in.take<Slot>("a slot");
    const auto distance = in.take<float>("a distance");
    if (slot >= items || distance != distance) in.fail("a scored item is none");
    trace.scored.push_back({distance, slot});
  }
}

Trace take_trace(ByteReader& in, const TraceFile& file) {
  Trace trace;
  trace.truth = in.take_values<std::uint32_t>(file.truth_depth, "true neighbours");
  trace.entries = in.take<std::uint32_t>("the number of entry points");
  take_scored(in, trace.entries, file.items, trace);
  const auto expansions = in.take<std::uint32_t>("the number of expansions");
  if (expansions > in.left() / 9) in.fail("it is too short for its expansions");
  for (std::uint32_t i = 0; i < expansions; ++i) {
    Expansion each;
    each.level = in.take<std::uint8_t>("a level");
    each.slot = in.take<Slot>("a slot");
    const auto count = in.take<std::uint32_t>("a count");
    each.missing = count == missing_mark;
    each.count = each.missing ? 0 : count;
    if (each.slot >= file.items) in.fail("an expanded item is none");
    if (i > 0 && each.level > trace.expansions.back().level) in.fail("it climbs to a level");
    take_scored(in, each.count, file.items, trace);
    trace.expansions.push_back(each);
  }
  return trace;
}

}  // namespace

void write_trace(const std::filesystem::path& path, const TraceFile& file) {
  OutputFile output(path);
  XXH3_state_t* const sum = XXH3_createState();
  if (sum == nullptr) throw std::bad_alloc();
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> owner(sum, XXH3_freeState);
  XXH3_64bits_reset(sum);
  std::vector<std::byte> bytes;
  const auto flush = [&] {
    XXH3_64bits_update(sum, bytes.data(), bytes.size());
    output.write(bytes);
    bytes.clear();
  };
  for (const char c : magic) append(bytes, c);
  append(bytes, trace_version);
  append(bytes, file.ef);
  append(bytes, file.truth_depth);
  append(bytes, static_cast<std::uint32_t>(file.metric.size()));
  for (const char c : file.metric) append(bytes, c);
  append(bytes, file.items);
  append(bytes, std::uint64_t{file.traces.size()});
  for (const Trace& trace : file.traces) {
    for (const std::uint32_t id : trace.truth) append(bytes, id);
    append(bytes, trace.entries);
    std::span<const Neighbor> scored = trace.scored;
    append_scored(bytes, scored.first(trace.entries));
    scored = scored.subspan(trace.entries);
    append(bytes, static_cast<std::uint32_t>(trace.expansions.size()));
    for (const Expansion& each : trace.expansions) {
      append(bytes, each.level);
      append(bytes, each.slot);
      append(bytes, each.missing ? missing_mark : each.count);
      append_scored(bytes, scored.first(each.count));
      scored = scored.subspan(each.count);
    }
    flush();
  }
  flush();
  append(bytes, std::uint64_t{XXH3_64bits_digest(sum)});
  output.write(bytes);
  output.commit();
}

TraceFile read_trace(const std::filesystem::path& path) {
  const InputFile input(path.string());
  std::vector<std::byte> bytes(input.size());
  input.read_at(0, bytes.data(), bytes.size());
  ByteReader in(bytes, input.path());
  const auto damaged = [&](const char* what) {
    return Error(Code::corrupt, fmt::format("the trace is damaged: {}", what),
                 {.path = input.path()});
  };
  if (bytes.size() < magic.size() + 12 ||
      as_text(in.take_bytes(magic.size(), "a magic")) != magic) {
    throw damaged("it does not begin as traces do");
  }
  const auto version = in.take<std::uint32_t>("a version");
  if (version != trace_version) {
    throw Error(Code::version, "the trace has another version than this program reads",
                {.path = input.path(),
                 .expected = std::to_string(trace_version),
                 .found = std::to_string(version)});
  }
  const std::size_t summed = bytes.size() - sizeof(std::uint64_t);
  if (load<std::uint64_t>(bytes.data() + summed) != XXH3_64bits(bytes.data(), summed)) {
    throw damaged("its checksum is wrong");
  }
  TraceFile file;
  file.ef = in.take<std::uint32_t>("ef");
  file.truth_depth = in.take<std::uint32_t>("the truth's depth");
  file.metric = as_text(in.take_bytes(in.take<std::uint32_t>("a length"), "the metric"));
  file.items = in.take<std::uint64_t>("the number of items");
  const auto queries = in.take<std::uint64_t>("the number of queries");
  if (file.items > max_slots || file.ef == 0) throw damaged("a size is out of range");
  if (queries > in.left() / 8) throw damaged("it is too short for its queries");
  for (std::uint64_t i = 0; i < queries; ++i) file.traces.push_back(take_trace(in, file));
  if (in.left() != sizeof(std::uint64_t)) throw damaged("it is longer than its queries");
  return file;
}

}  // namespace skerry::experiments
