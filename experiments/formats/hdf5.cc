#include "experiments/formats/hdf5.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "experiments/formats/hdf5_library.h"
#include "experiments/formats/worker_process.h"

namespace skerry::experiments {

namespace {

constexpr std::array<const char*, 4> part_names{"train", "test", "neighbors", "distances"};

using Parts = std::array<std::unique_ptr<MatrixFile>, part_names.size()>;

// Generous for what an intact file needs to be opened; chunks come later.
constexpr unsigned seconds_to_open = 1;
constexpr std::size_t memory_to_open = std::size_t{256} << 20;

// A band is a few MiB, and the chunks that it lies in are at most 4 GiB.
constexpr unsigned seconds_to_read = 30;

// The protocol: the worker sends `Outcome`, then the declared metric, and a `PartShape` for each
// part. To each `Request` it answers with `Outcome` and, if that is ok, the rows. An outcome that
// is not ok is followed by its text.

struct Outcome {
  Code code = Code::ok;
  std::uint32_t text_length = 0;
};

struct PartShape {
  bool present = false;
  std::uint64_t grain = 1;
  FlatLayout layout;
};

struct Request {
  std::uint32_t part = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

static_assert(std::is_trivially_copyable_v<PartShape> && std::is_trivially_copyable_v<Request>);

/// Calls `work` and sends its outcome. False when the worker should end.
template <class Work>
bool attempt(const Channel& channel, Work&& work) {
  const auto send_failure = [&](Code code, std::string_view text) {
    return channel.send_value(Outcome{code, static_cast<std::uint32_t>(text.size())}) &&
           channel.send(as_bytes(text));
  };
  try {
    work();
  } catch (const Error& error) {
    return send_failure(error.code(), error.what());
  }
  return channel.send_value(Outcome{});
}

void serve(const Channel& channel, const std::string& path) {
  allow_seconds(seconds_to_open);
  allow_memory(memory_to_open);
  std::string declared;
  Parts parts;
  bool open = false;
  const bool told = attempt(channel, [&] {
    Hdf5File file = open_hdf5_here(path);
    declared = std::move(file.declared_metric);
    parts = {std::move(file.train), std::move(file.test), std::move(file.neighbors),
             std::move(file.distances)};
    open = true;
  });
  if (!told || !open) return;
  if (!channel.send_value(static_cast<std::uint32_t>(declared.size())) ||
      !channel.send(as_bytes(declared))) {
    return;
  }
  for (const auto& part : parts) {
    PartShape shape;
    if (part) shape = {true, part->grain(), part->shape()};
    if (!channel.send_value(shape)) return;
  }
  allow_memory(0);
  Request request;
  std::vector<std::byte> rows;
  while (channel.receive_value(request)) {
    allow_seconds(seconds_to_read);
    rows.resize(request.count * parts[request.part]->row_bytes());
    bool good = false;
    const bool answered = attempt(channel, [&] {
      parts[request.part]->read(request.first, request.count, rows.data());
      good = true;
    });
    if (!answered || (good && !channel.send(rows))) return;
  }
}

/// The process that holds one file open.
class Hdf5Worker {
 public:
  explicit Hdf5Worker(const std::string& path)
      : path_(path), process_([path](const Channel& channel) { serve(channel, path); }) {}

  const std::string& path() const noexcept { return path_; }

  template <class T>
  T receive() const {
    T value;
    if (!process_.channel().receive_value(value)) throw damaged();
    return value;
  }

  void receive(std::byte* out, std::size_t count) const {
    if (!process_.channel().receive(out, count)) throw damaged();
  }

  std::string receive_text(std::size_t length) const {
    std::string text(std::min<std::size_t>(length, 4096), '\0');
    receive(reinterpret_cast<std::byte*>(text.data()), text.size());
    return text;
  }

  void receive_outcome() const {
    const auto outcome = receive<Outcome>();
    if (outcome.code != Code::ok) throw Error(outcome.code, receive_text(outcome.text_length));
  }

  /// Rows in the scalar and shape that the file was opened with.
  void read(const Request& request, std::byte* out, std::size_t bytes) const {
    if (!process_.channel().send_value(request)) throw damaged();
    receive_outcome();
    receive(out, bytes);
  }

 private:
  Error damaged() const {
    return {Code::corrupt,
            "libhdf5 crashed on the file or went astray in it: it is damaged",
            {.path = path_}};
  }

  std::string path_;
  WorkerProcess process_;
};

class RemoteMatrix final : public MatrixFile {
 public:
  RemoteMatrix(std::shared_ptr<const Hdf5Worker> worker, std::uint32_t part, const PartShape& shape)
      : MatrixFile(worker->path(), part_names[part]),
        worker_(std::move(worker)),
        part_(part),
        grain_(std::max<std::uint64_t>(1, shape.grain)) {
    shape_ = shape.layout;
    check_shape(shape_, path(), this->part());
  }

  std::size_t grain() const noexcept override { return grain_; }

  void read(std::size_t first, std::size_t count, std::byte* out) const override {
    constexpr std::size_t band_bytes = std::size_t{4} << 20;
    const std::size_t band = std::max<std::size_t>(1, band_bytes / (grain_ * row_bytes())) * grain_;
    for (std::size_t done = 0; done < count; done += band) {
      const std::size_t now = std::min(band, count - done);
      worker_->read({part_, first + done, now}, out + done * row_bytes(), now * row_bytes());
    }
  }

 private:
  std::shared_ptr<const Hdf5Worker> worker_;
  std::uint32_t part_;
  std::size_t grain_;
};

}  // namespace

Hdf5File open_hdf5(const std::string& path) {
  const auto worker = std::make_shared<const Hdf5Worker>(path);
  worker->receive_outcome();
  Hdf5File file;
  file.declared_metric = worker->receive_text(worker->receive<std::uint32_t>());
  Parts parts;
  for (std::uint32_t part = 0; part < parts.size(); ++part) {
    const auto shape = worker->receive<PartShape>();
    if (shape.present) parts[part] = std::make_unique<RemoteMatrix>(worker, part, shape);
  }
  file.train = std::move(parts[0]);
  file.test = std::move(parts[1]);
  file.neighbors = std::move(parts[2]);
  file.distances = std::move(parts[3]);
  return file;
}

}  // namespace skerry::experiments
