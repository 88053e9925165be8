#include "graph/rows.h"

#include <sys/mman.h>

#include <new>
#include <string>

#include "base/error.h"
#include "base/parallel.h"

namespace skerry::graph {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t large_page = std::size_t{2} << 20;

}  // namespace

void RowBlock::Free::operator()(std::byte* data) const noexcept { ::munmap(data, size); }

RowBlock::RowBlock(std::size_t row_bytes, std::size_t count)
    : row_bytes_(row_bytes),
      stride_((row_bytes_ + cache_line - 1) / cache_line * cache_line),
      asked_(asked_of_row(row_bytes)),
      count_(count) {
  const std::size_t wanted = std::max<std::size_t>(stride_ * count, 1);
  const std::size_t size = (wanted + large_page - 1) / large_page * large_page;
  // Mapped one large page too long and trimmed, so that the block starts on a large page.
  void* mapped = ::mmap(nullptr, size + large_page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  const auto address = reinterpret_cast<std::uintptr_t>(mapped);
  const std::size_t before = (large_page - address % large_page) % large_page;
  auto* start = static_cast<std::byte*>(mapped) + before;
  if (before > 0) ::munmap(mapped, before);
  if (before < large_page) ::munmap(start + size, large_page - before);
  ::madvise(start, size, MADV_HUGEPAGE);
  data_ = {start, Free{size}};
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
