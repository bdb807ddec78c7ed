#include <attestation/ias/registry.hpp>

namespace redoubt::attestation::ias {

RegistryStatus registry_status(IasQuoteStatus status) {
    switch (status) {
        case IasQuoteStatus::kOk:
            return RegistryStatus::kOk;
        case IasQuoteStatus::kGroupOutOfDate:
            return RegistryStatus::kGroupOutOfDate;
        case IasQuoteStatus::kGroupRevoked:
            return RegistryStatus::kGroupRevoked;
        case IasQuoteStatus::kConfigurationNeeded:
            return RegistryStatus::kConfigurationNeeded;
        default:
            return RegistryStatus::kInvalid;
    }
}

std::string_view registry_status_name(RegistryStatus status) {
    switch (status) {
        case RegistryStatus::kInvalid:
            return "Invalid";
        case RegistryStatus::kOk:
            return "Ok";
        case RegistryStatus::kGroupOutOfDate:
            return "GroupOutOfDate";
        case RegistryStatus::kGroupRevoked:
            return "GroupRevoked";
        case RegistryStatus::kConfigurationNeeded:
            return "ConfigurationNeeded";
    }
    return "Invalid";
}

}  // namespace redoubt::attestation::ias
