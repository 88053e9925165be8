#pragma once
// Encoded vectors of one index in one block of memory, row i at slot i.

#include <cstddef>
#include <memory>
#include <span>

#include "base/prefetch.h"
#include "base/types.h"
#include "distance/metric.h"

namespace skerry::graph {

/// Fixed-stride rows, or codes of rows, each starting on a cache line. Asks the system for large
/// pages, since a search reads rows at random. Movable, not copyable.
class RowBlock {
 public:
  RowBlock() = default;

  /// Room for `count` rows of `row_bytes` bytes, zeroed. Throws std::bad_alloc.
  RowBlock(std::size_t row_bytes, std::size_t count);

  std::size_t size() const noexcept { return count_; }

  const std::byte* operator[](Slot slot) const noexcept { return data_.get() + slot * stride_; }

  std::byte* mutable_row(Slot slot) noexcept { return data_.get() + slot * stride_; }

  /// Points out[i] at the row of slots[i] and asks for it, before the first row is compared.
  void gather(std::span<const Slot> slots, const std::byte** out) const noexcept {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      out[i] = (*this)[slots[i]];
      ask_for(out[i], asked_);
    }
  }

  /// Bytes between two rows: the row size rounded up to whole cache lines.
  std::size_t stride() const noexcept { return stride_; }

  /// Bytes of a row that mean something.
  std::size_t row_bytes() const noexcept { return row_bytes_; }

  std::size_t resident_bytes() const noexcept { return stride_ * count_; }

 private:
  struct Free {
    std::size_t size;
    void operator()(std::byte* data) const noexcept;
  };

  std::unique_ptr<std::byte[], Free> data_;
  std::size_t row_bytes_ = 0;
  std::size_t stride_ = 0;
  std::size_t asked_ = 0;  ///< bytes of a row that gather() asks for
  std::size_t count_ = 0;
};

/// Rows of a metric (see distance/metric.h).
class Rows : public RowBlock {
 public:
  Rows() = default;

  /// Room for `count` rows, zeroed. Throws std::bad_alloc.
  Rows(const distance::Metric& metric, std::size_t dimension, std::size_t count)
      : RowBlock(metric.row_bytes(dimension), count), metric_(&metric), dimension_(dimension) {}

  std::size_t dimension() const noexcept { return dimension_; }

  const distance::Metric& metric() const noexcept { return *metric_; }

 private:
  const distance::Metric* metric_ = nullptr;
  std::size_t dimension_ = 0;
};

/// Encodes so many of `vectors`, which lie one after the other, as rows `first` and on: on
/// `threads` threads. Throws what Metric::encode throws, with the row's number in the message.
void encode_rows(Bytes vectors, std::size_t first, std::size_t count, unsigned threads, Rows& rows);

/// Encodes `count` vectors that lie one after the other in `vectors` on `threads` threads.
/// Throws what Metric::encode throws, with the vector's number in the message.
Rows encode_rows(const distance::Metric& metric, std::size_t dimension, Bytes vectors,
                 std::size_t count, unsigned threads);

}  // namespace skerry::graph
