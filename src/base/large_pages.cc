#include "base/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace skerry {

namespace {

std::size_t whole_pages(std::size_t size) {
  return (size + large_page - 1) / large_page * large_page;
}

}  // namespace

std::byte* map_large_pages(std::size_t size) {
  const std::size_t wanted = whole_pages(size);
  // Mapped one large page too long and trimmed, so that it starts on a large page.
  void* mapped = ::mmap(nullptr, wanted + large_page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  const auto address = reinterpret_cast<std::uintptr_t>(mapped);
  const std::size_t before = (large_page - address % large_page) % large_page;
  auto* start = static_cast<std::byte*>(mapped) + before;
  if (before > 0) ::munmap(mapped, before);
  if (before < large_page) ::munmap(start + wanted, large_page - before);
  // The end that does not fill a large page stays on small ones: an index of a few rows must not
  // cost a large page for each of its blocks.
  if (size >= large_page) ::madvise(start, size / large_page * large_page, MADV_HUGEPAGE);
  return start;
}

void unmap_large_pages(std::byte* data, std::size_t size) noexcept {
  ::munmap(data, whole_pages(size));
}

}  // namespace skerry
