#include "experiments/graphs/roaring_reader.h"

#include <fmt/format.h>

#include <bit>
#include <limits>

namespace skerry::experiments {

namespace {

constexpr std::uint32_t cookie_without_runs = 12346;
constexpr std::uint32_t cookie_with_runs = 12347;  // low half; the high half is containers - 1
constexpr std::size_t offsets_from = 4;            // containers; fewer have none beside runs
constexpr std::size_t most_containers = 65536;
constexpr std::size_t largest_array = 4096;
constexpr std::size_t bitset_size = 8192;  // bytes

/// Where numbers go: to the end of a vector.
struct Append {
  std::vector<std::uint32_t>& out;

  void operator()(std::uint32_t first, std::uint32_t last) const {
    for (; first < last; ++first) out.push_back(first);
    out.push_back(last);
  }
};

/// Where numbers go that nobody wants.
struct Drop {
  void operator()(std::uint32_t, std::uint32_t) const {}
};

/// `Take` is called with ascending ranges, their ends included.
template <class Take>
class RoaringReader {
 public:
  RoaringReader(Bytes bytes, std::size_t most, Take take)
      : bytes_(bytes), most_(most), take_(take) {}

  /// Of the bytes: how many were read.
  std::size_t size() const noexcept { return at_; }

  /// Reads one bitmap, after which more may follow.
  std::string read() {
    if (bytes_.size() < 4) return short_of("the cookie");
    const auto cookie = word<std::uint32_t>(0);
    std::size_t containers = 0;
    Bytes runs;
    if ((cookie & 0xffff) == cookie_with_runs) {
      containers = (cookie >> 16) + 1;
      at_ = 4;
      const std::size_t size = (containers + 7) / 8;
      if (left() < size) return short_of("the set of runs");
      runs = bytes_.subspan(at_, size);
      at_ += size;
    } else if (cookie == cookie_without_runs) {
      if (bytes_.size() < 8) return short_of("the number of containers");
      containers = word<std::uint32_t>(4);
      at_ = 8;
    } else {
      return fmt::format("its cookie is {}", cookie);
    }
    if (containers > most_containers) return fmt::format("{} containers", containers);
    const bool offsets = runs.empty() || containers >= offsets_from;
    if (left() < containers * (offsets ? 8 : 4)) return short_of("the heads of its containers");
    const std::size_t heads = at_;
    at_ += containers * (offsets ? 8 : 4);
    std::int32_t before = -1;
    for (std::size_t i = 0; i < containers; ++i) {
      const auto key = word<std::uint16_t>(heads + 4 * i);
      const std::size_t count = std::size_t{word<std::uint16_t>(heads + 4 * i + 2)} + 1;
      if (key <= before) return fmt::format("container {} does not ascend", i);
      if (offsets && word<std::uint32_t>(heads + 4 * containers + 4 * i) != at_) {
        return fmt::format("container {} is not at its offset", i);
      }
      if (count > most_ - taken_) return fmt::format("more than {} numbers", most_);
      before = key;
      base_ = std::uint32_t{key} << 16;
      const bool run =
          !runs.empty() && (std::to_integer<unsigned>(runs[i / 8]) >> (i % 8) & 1) != 0;
      const std::size_t before_it = taken_;
      std::string fault = run                      ? read_runs()
                          : count <= largest_array ? read_array(count)
                                                   : read_bitset();
      if (!fault.empty()) return fault;
      if (taken_ - before_it != count) {
        return fmt::format("container {} holds {} numbers instead of {}", i, taken_ - before_it,
                           count);
      }
    }
    return {};
  }

 private:
  void take(std::uint32_t first, std::uint32_t last) {
    taken_ += std::size_t{last} - first + 1;
    take_(base_ | first, base_ | last);
  }

  std::size_t left() const { return bytes_.size() - at_; }

  template <class T>
  T word(std::size_t at) const {
    return load<T>(&bytes_[at]);
  }

  std::string short_of(const char* what) const {
    return fmt::format("its {} bytes end within {}", bytes_.size(), what);
  }

  std::string read_array(std::size_t count) {
    if (left() < 2 * count) return short_of("an array");
    std::int32_t before = -1;
    for (std::size_t i = 0; i < count; ++i, at_ += 2) {
      const auto low = word<std::uint16_t>(at_);
      if (low <= before) return fmt::format("number {} comes after {}", low, before);
      before = low;
      take(low, low);
    }
    return {};
  }

  std::string read_bitset() {
    if (left() < bitset_size) return short_of("a set of bits");
    for (std::uint32_t i = 0; i < bitset_size / 8; ++i, at_ += 8) {
      for (auto bits = word<std::uint64_t>(at_); bits != 0; bits &= bits - 1) {
        const std::uint32_t low = 64 * i + static_cast<std::uint32_t>(std::countr_zero(bits));
        take(low, low);
      }
    }
    return {};
  }

  std::string read_runs() {
    if (left() < 2) return short_of("a number of runs");
    const std::size_t runs = word<std::uint16_t>(at_);
    at_ += 2;
    if (left() < 4 * runs) return short_of("its runs");
    std::int64_t before = -1;
    for (std::size_t i = 0; i < runs; ++i, at_ += 4) {
      const std::uint32_t first = word<std::uint16_t>(at_);
      const std::uint32_t last = first + word<std::uint16_t>(at_ + 2);
      if (first <= before || last > 0xffff) return fmt::format("run {}..{}", first, last);
      take(first, last);
      before = last;
    }
    return {};
  }

  Bytes bytes_;
  std::size_t most_;
  Take take_;
  std::size_t taken_ = 0;
  std::size_t at_ = 0;
  std::uint32_t base_ = 0;
};

}  // namespace

std::string read_roaring(Bytes bytes, std::size_t most, std::vector<std::uint32_t>& out) {
  RoaringReader reader(bytes, most, Append{out});
  std::string fault = reader.read();
  if (fault.empty() && reader.size() < bytes.size()) {
    fault = fmt::format("{} bytes too many", bytes.size() - reader.size());
  }
  return fault;
}

std::string check_roaring(Bytes bytes, std::size_t& size) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  RoaringReader reader(bytes, any, Drop{});
  std::string fault = reader.read();
  if (fault.empty()) size = reader.size();
  return fault;
}

}  // namespace skerry::experiments
