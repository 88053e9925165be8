#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <span>

namespace skerry::distance {

/// Memory behind which nothing may be read: a page that faults.
class GuardedPages {
 public:
  GuardedPages() {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    room_ = 4 * page;
    size_ = room_ + page;
    void* const mapped =
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    block_ = static_cast<std::byte*>(mapped);
    if (::mprotect(block_ + room_, page, PROT_NONE) != 0) throw std::bad_alloc();
  }

  ~GuardedPages() { ::munmap(block_, size_); }

  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  /// A copy of `bytes` that ends `before_end` bytes before the guard.
  std::byte* put(std::span<const std::byte> bytes, std::size_t before_end) {
    std::byte* const place = block_ + room_ - bytes.size() - before_end;
    std::memcpy(place, bytes.data(), bytes.size());
    return place;
  }

 private:
  std::byte* block_;
  std::size_t room_;
  std::size_t size_;
};

}  // namespace skerry::distance
