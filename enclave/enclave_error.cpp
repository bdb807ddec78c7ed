#include <enclave/enclave_error.hpp>

namespace redoubt::enclave {

std::string_view error_domain(EnclaveError) {
    return "enclave request";
}

std::string_view error_message(EnclaveError error) {
    switch (error) {
        case EnclaveError::kWrongShard:
            return "the request names a shard that this enclave does not serve";
    }
    return "unknown enclave error";
}

}  // namespace redoubt::enclave
