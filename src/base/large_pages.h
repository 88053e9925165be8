#pragma once
// Memory for what is read at random places: on large pages a read costs no walk of page tables.

#include <cstddef>
#include <memory>
#include <new>

namespace skerry {

inline constexpr std::size_t large_page = std::size_t{2} << 20;

/// `size` > 0 bytes, zeroed, from the start of a large page; the system is asked for large pages
/// and may give small ones. Throws std::bad_alloc.
std::byte* map_large_pages(std::size_t size);

/// What map_large_pages(size) gave.
void unmap_large_pages(std::byte* data, std::size_t size) noexcept;

/// For containers. What is smaller than a large page comes from the heap.
template <class T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;

  template <class Other>
  LargePageAllocator(const LargePageAllocator<Other>&) noexcept {}  // NOLINT: allocators convert

  T* allocate(std::size_t count) {
    if (count < large_page / sizeof(T)) return std::allocator<T>().allocate(count);
    if (count > ~std::size_t{0} / 2 / sizeof(T)) throw std::bad_array_new_length();
    return reinterpret_cast<T*>(map_large_pages(count * sizeof(T)));
  }

  void deallocate(T* data, std::size_t count) noexcept {
    if (count < large_page / sizeof(T)) return std::allocator<T>().deallocate(data, count);
    unmap_large_pages(reinterpret_cast<std::byte*>(data), count * sizeof(T));
  }

  bool operator==(const LargePageAllocator&) const = default;
};

}  // namespace skerry
