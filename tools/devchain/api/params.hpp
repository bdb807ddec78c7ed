/// Parameters of RPC methods, read strictly. Every failure is the error -32602 with the parameter's name.
#pragma once

#include <primitives/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <rpc/method.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::devchain::api {

using nlohmann::json;
using rpc::Expected;

inline constexpr std::size_t kListItemsMax = 65'536;

/// An even number of digits, with or without `0x`, as nodes take them.
[[nodiscard]] Expected<Bytes> read_bytes(const json& value, std::string_view name);
[[nodiscard]] Expected<Hash256> read_hash(const json& value, std::string_view name);
[[nodiscard]] Expected<std::vector<Bytes>> read_bytes_list(const json& value, std::string_view name);
/// A JSON integer, or a hex quantity as text.
[[nodiscard]] Expected<std::uint32_t> read_u32(const json& value, std::string_view name);
[[nodiscard]] Expected<std::string> read_text(const json& value, std::string_view name);
/// A member of an object; null when it is absent.
[[nodiscard]] const json& member(const json& object, std::string_view name);

/// The list of parameters of one call; those that are missing read as null.
class Params {
  public:
    /// @param list  an array that outlives this object
    explicit Params(const json& list) : list_(list) {}

    [[nodiscard]] const json& at(std::size_t position) const;
    [[nodiscard]] bool is_absent(std::size_t position) const { return at(position).is_null(); }

    [[nodiscard]] Expected<Bytes> bytes(std::size_t position, std::string_view name) const {
        return read_bytes(at(position), name);
    }
    [[nodiscard]] Expected<std::vector<Bytes>> bytes_list(std::size_t position, std::string_view name) const {
        return read_bytes_list(at(position), name);
    }
    [[nodiscard]] Expected<Hash256> hash(std::size_t position, std::string_view name) const {
        return read_hash(at(position), name);
    }
    [[nodiscard]] Expected<std::optional<Hash256>> optional_hash(std::size_t position,
                                                                 std::string_view name) const;
    [[nodiscard]] Expected<std::uint32_t> u32(std::size_t position, std::string_view name) const {
        return read_u32(at(position), name);
    }
    [[nodiscard]] Expected<std::string> text(std::size_t position, std::string_view name) const {
        return read_text(at(position), name);
    }

  private:
    const json& list_;
};

}  // namespace redoubt::devchain::api
