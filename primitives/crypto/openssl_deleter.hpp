/// Owners of OpenSSL objects: the pairing of a type with its free function.
#pragma once

namespace redoubt::crypto {

/// For std::unique_ptr, for example `std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>`.
template <auto free_function>
struct OpensslDeleter {
    template <class T>
    void operator()(T* object) const noexcept {
        free_function(object);
    }
};

}  // namespace redoubt::crypto
