#include "graph/rows.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/large_pages.h"
#include "base/parallel.h"

namespace skerry::graph {

namespace {

constexpr std::size_t cache_line = 64;

}  // namespace

void RowBlock::Free::operator()(std::byte* data) const noexcept { unmap_large_pages(data, size); }

RowBlock::RowBlock(std::size_t row_bytes, std::size_t count)
    : row_bytes_(row_bytes),
      stride_((row_bytes_ + cache_line - 1) / cache_line * cache_line),
      asked_(asked_of_row(row_bytes)),
      count_(count) {
  const std::size_t size = std::max<std::size_t>(stride_ * count, 1);
  data_ = {map_large_pages(size), Free{size}};
}

void encode_rows(Bytes vectors, std::size_t first, std::size_t count, unsigned threads,
                 Rows& rows) {
  const std::size_t size = rows.metric().vector_bytes(rows.dimension());
  parallel_for(count, threads, 256, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      try {
        rows.metric().encode(vectors.subspan(i * size, size), rows.dimension(),
                             rows.mutable_row(static_cast<Slot>(first + i)));
      } catch (const Error& error) {
        throw Error(error.code(), "vector " + std::to_string(first + i) + ": " + error.what());
      }
    }
  });
}

Rows encode_rows(const distance::Metric& metric, std::size_t dimension, Bytes vectors,
                 std::size_t count, unsigned threads) {
  Rows rows(metric, dimension, count);
  encode_rows(vectors, 0, count, threads, rows);
  return rows;
}

}  // namespace skerry::graph
