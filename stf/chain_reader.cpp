#include <algorithm>
#include <stf/chain_reader.hpp>
#include <stf/stf_error.hpp>

namespace redoubt::stf {

std::string_view error_domain(ChainReadError) {
    return "chain state";
}

std::string_view error_message(ChainReadError error) {
    switch (error) {
        case ChainReadError::kNotProvenYet:
            return "the call needs chain state that is not proven yet";
    }
    return "unknown reason";
}

std::optional<Bytes> kept_chain_value(std::optional<ByteView> proven) {
    if (!proven) {
        return std::nullopt;
    }
    return to_bytes(proven->first(std::min(proven->size(), kChainValueBytesMax + 1)));
}

Result<std::optional<Bytes>> ChainReader::read(ByteView key) {
    if (key.empty() || key.size() > kChainKeyBytesMax) {
        return StfError::kChainReadLimit;
    }
    auto wanted = to_bytes(key);
    if (std::ranges::find(asked_, wanted) == asked_.end()) {
        if (asked_.size() == kChainKeysPerCallMax) {
            return StfError::kChainReadLimit;
        }
        asked_.push_back(wanted);
    }
    const auto found = proven_.find(wanted);
    if (found == proven_.end()) {
        if (std::ranges::find(missing_, wanted) == missing_.end()) {
            missing_.push_back(std::move(wanted));
        }
        return ChainReadError::kNotProvenYet;
    }
    if (found->second && found->second->size() > kChainValueBytesMax) {
        return StfError::kChainReadLimit;
    }
    return found->second;
}

}  // namespace redoubt::stf
