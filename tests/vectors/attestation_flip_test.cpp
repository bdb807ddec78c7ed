// Every field of every accepted DCAP vector, changed in one bit, makes the evidence refused. No field of a
// quote or of its collateral is free; what is free is written down at the end: zeros after a quote, text
// around PEM blocks, and the second form of an ECDSA signature.
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_support.hpp>

#include <map>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::DcapCase;
using vectors::Index;

struct Field {
    std::string name;
    std::size_t offset = 0;
    std::size_t bytes = 0;
};

/// Names fields that follow each other.
class Layout {
  public:
    explicit Layout(std::size_t offset) : at_(offset) {}
    Layout& add(std::string name, std::size_t bytes) {
        if (bytes > 0) {
            fields_.push_back({std::move(name), at_, bytes});
        }
        at_ += bytes;
        return *this;
    }
    [[nodiscard]] std::size_t end() const { return at_; }
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  private:
    std::size_t at_;
    std::vector<Field> fields_;
};

void add_sgx_body(Layout& to, const std::string& of) {
    to.add(of + "cpu_svn", 16)
        .add(of + "misc_select", 4)
        .add(of + "reserved1", 12)
        .add(of + "isv_ext_prod_id", 16);
    to.add(of + "flags", 8).add(of + "xfrm", 8).add(of + "mr_enclave", 32).add(of + "reserved2", 32);
    to.add(of + "mr_signer", 32)
        .add(of + "reserved3", 32)
        .add(of + "config_id", 64)
        .add(of + "isv_prod_id", 2);
    to.add(of + "isv_svn", 2)
        .add(of + "config_svn", 2)
        .add(of + "reserved4", 42)
        .add(of + "isv_family_id", 16);
    to.add(of + "report_data_low", 32).add(of + "report_data_high", 32);
}

void add_td_body(Layout& to, bool has_service) {
    to.add("tee_tcb_svn", 16).add("mr_seam", 48).add("mr_signer_seam", 48).add("seam_attributes", 8);
    to.add("td_attributes", 8).add("xfam", 8).add("mr_td", 48).add("mr_config_id", 48).add("mr_owner", 48);
    to.add("mr_owner_config", 48).add("rtmr0", 48).add("rtmr1", 48).add("rtmr2", 48).add("rtmr3", 48);
    to.add("report_data", 64);
    if (has_service) {
        to.add("tee_tcb_svn2", 16).add("mr_service_td", 48);
    }
}

/// All fields of a quote up to its certification data.
std::vector<Field> fields_of(const dcap::Quote& quote) {
    Layout out{0};
    out.add("version", 2).add("key_type", 2).add("tee_type", 4).add("qe_svn", 2).add("pce_svn", 2);
    out.add("vendor", 16).add("qe_id", 16).add("user_data_end", 4);
    if (quote.version == 5) {
        out.add("body_type", 2).add("body_size", 4);
    }
    if (const auto* td = quote.td()) {
        add_td_body(out, td->service.has_value());
    } else {
        add_sgx_body(out, "");
    }
    EXPECT_EQ(out.end(), quote.signed_bytes.size());
    out.add("auth_size", 4).add("signature_r", 32).add("signature_s", 32).add("key_x", 32).add("key_y", 32);
    if (quote.version > 3) {
        out.add("outer_type", 2).add("outer_size", 4);
    }
    add_sgx_body(out, "qe_");
    out.add("qe_signature_r", 32)
        .add("qe_signature_s", 32)
        .add("qe_auth_size", 2)
        .add("qe_auth", quote.qe_auth.size());
    out.add("certification_type", 2).add("certification_size", 4);
    return out.fields();
}

/// Which byte of a field is changed: another one in each vector, the same in each run.
std::size_t chosen(std::size_t seed, std::size_t count) {
    return (seed * 2654435761U) % count;
}

bool is_base64(std::uint8_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// A place in each line of PEM: a digit of the certificate, not the dashes and not the white space.
std::vector<std::size_t> pem_places(std::string_view text, std::size_t seed) {
    std::vector<std::size_t> out;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find('\n', start), text.size());
        const auto line = text.substr(start, end - start);
        if (!line.empty() && !line.starts_with("-") && std::ranges::all_of(line, [](char c) {
                return is_base64(static_cast<std::uint8_t>(c)) || c == '=' || c == '\r';
            })) {
            out.push_back(start + chosen(seed + start, std::min<std::size_t>(line.size(), 4)));
        }
        start = end + 1;
    }
    return out;
}

/// Another digit of the same alphabet.
char other_digit(char c) {
    return c == 'A' ? 'B' : 'A';
}

Result<dcap::VerifiedCollateral> verified_collateral(const DcapCase& one) {
    CheckLog log{dcap::kChecks};
    return dcap::VerifiedCollateral::verify(one.collateral.value(), one.roots.value(), one.time, {}, log);
}

/// Calls `visit` with each accepted DCAP case.
template <class Visit>
void for_each_accepted(const Index& index, Visit&& visit) {
    for (const auto& entry : index.entries()) {
        if (!entry.at("kind").get<std::string>().starts_with("dcap-") ||
            !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        visit(entry, vectors::dcap_case(index, entry));
    }
}

TEST(FlippedQuote, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t seed = 0;
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto id = entry.at("id").get<std::string>();
        const auto collateral = verified_collateral(one);
        ASSERT_OK(collateral);
        const auto is_refused = [&](const Bytes& bytes) {
            return !dcap::verify_quote(bytes, collateral.value(), one.setting()).is_verified();
        };
        const auto quote = dcap::parse_quote(one.quote);
        ASSERT_OK(quote);
        for (const auto& field : fields_of(quote.value())) {
            ++seed;
            auto changed = one.quote;
            changed[field.offset + chosen(seed, field.bytes)] ^= static_cast<std::uint8_t>(1U << (seed % 8));
            count.record("quote fields", id + " " + field.name, is_refused(changed));
        }
        const auto pem_offset =
            static_cast<std::size_t>(quote.value().certification_data.data() - one.quote.data());
        for (const auto place : pem_places(text_of(quote.value().certification_data), seed)) {
            auto changed = one.quote;
            auto& digit = changed[pem_offset + place];
            digit = static_cast<std::uint8_t>(other_digit(static_cast<char>(digit)));
            count.record("lines of the PCK chain", id + " " + std::to_string(place), is_refused(changed));
        }
        if (quote.value().trailing_bytes > 0) {
            auto changed = one.quote;
            changed.back() ^= 1;
            count.record("bytes after the quote", id, is_refused(changed));
        }
    });
}

/// Places spread over signed or encoded text.
std::vector<std::size_t> spread(std::size_t size, std::size_t stride, std::size_t seed) {
    std::vector<std::size_t> out;
    for (std::size_t start = 0; start < size; start += stride) {
        out.push_back(start + chosen(seed + start, std::min(stride, size - start)));
    }
    return out;
}

TEST(FlippedCollateral, is_refused_whichever_part_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::set<std::string> seen;
    std::size_t seed = 0;
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto file = entry.at("files").at("collateral").get<std::string>();
        if (!seen.insert(file).second) {
            return;
        }
        ++seed;
        const auto check = [&](const char* what, std::size_t place, auto&& change) {
            auto changed = one.collateral.value();
            change(changed);
            const auto verdict = dcap::verify_quote(one.quote, changed, one.setting());
            count.record(what, file + " at " + std::to_string(place), !verdict.is_verified());
        };
        const auto check_text = [&](const char* what, std::string dcap::SignedText::*text,
                                    dcap::SignedText dcap::Collateral::*document) {
            for (const auto place : spread((one.collateral.value().*document.*text).size(), 48, seed)) {
                check(what, place, [&](dcap::Collateral& changed) { (changed.*document.*text)[place] ^= 1; });
            }
        };
        check_text("TCB info", &dcap::SignedText::text, &dcap::Collateral::tcb_info);
        check_text("QE identity", &dcap::SignedText::text, &dcap::Collateral::qe_identity);
        for (const auto place : {0U, 31U, 32U, 63U}) {
            check("TCB info signature", place,
                  [&](dcap::Collateral& changed) { changed.tcb_info.signature.bytes.at(place) ^= 1; });
            check("QE identity signature", place,
                  [&](dcap::Collateral& changed) { changed.qe_identity.signature.bytes.at(place) ^= 1; });
        }
        const auto check_pem = [&](const char* what, auto&& chain_of) {
            auto original = one.collateral.value();
            for (const auto place : pem_places(chain_of(original), seed)) {
                check(what, place, [&](dcap::Collateral& changed) {
                    auto& digit = chain_of(changed)[place];
                    digit = other_digit(digit);
                });
            }
        };
        check_pem("TCB info issuer chain",
                  [](dcap::Collateral& c) -> std::string& { return c.tcb_info.issuer_chain; });
        check_pem("QE identity issuer chain",
                  [](dcap::Collateral& c) -> std::string& { return c.qe_identity.issuer_chain; });
        check_pem("PCK list issuer chain",
                  [](dcap::Collateral& c) -> std::string& { return c.pck_crl_issuer_chain; });
        const auto check_list = [&](const char* what, Bytes dcap::Collateral::*list) {
            for (const auto place : spread((one.collateral.value().*list).size(), 64, seed)) {
                check(what, place, [&](dcap::Collateral& changed) {
                    auto& digit = (changed.*list)[place];
                    digit = digit == '0' ? '1' : '0';
                });
            }
        };
        check_list("root list", &dcap::Collateral::root_ca_crl);
        check_list("PCK list", &dcap::Collateral::pck_crl);
    });
}

/// n - s, big-endian, for the order n of P-256.
Bytes second_form(ByteView s) {
    auto out = parse_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
    int borrow = 0;
    for (std::size_t i = out.size(); i > 0; --i) {
        const int difference = out[i - 1] - s[i - 1] - borrow;
        borrow = difference < 0 ? 1 : 0;
        out[i - 1] = static_cast<std::uint8_t>(difference);
    }
    return out;
}

// Quote bytes are no identity: these changes keep the verdict, and so nothing may be recognised by the hash
// of a whole quote.
TEST(FreeBytes, change_neither_the_verdict_nor_what_was_signed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, free bytes"};
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto id = entry.at("id").get<std::string>();
        const auto collateral = verified_collateral(one);
        ASSERT_OK(collateral);
        const auto before = dcap::verify_quote(one.quote, collateral.value(), one.setting());
        const auto quote = dcap::parse_quote(one.quote).value();
        const auto stays = [&](const Bytes& bytes) {
            const auto after = dcap::verify_quote(bytes, collateral.value(), one.setting());
            const auto parsed = dcap::parse_quote(bytes);
            return after.is_verified() && after.tcb->status == before.tcb->status && parsed &&
                   equal(parsed.value().signed_bytes, quote.signed_bytes);
        };
        auto longer = one.quote;
        longer.resize(longer.size() + 100);
        count.record("zeros behind", id, stays(longer));
        for (const auto& signature : {quote.signature, quote.qe_report_signature}) {
            auto changed = one.quote;
            const auto s = signature.last(32);
            std::ranges::copy(second_form(s), changed.begin() + (s.data() - one.quote.data()));
            EXPECT_NE(changed, one.quote);
            count.record("the other s", id, stays(changed));
        }
        longer.back() = 1;
        EXPECT_EQ(reason_of(dcap::parse_quote(longer).error()), Reason::kQuoteTrailingData) << id;
    });
}

}  // namespace
}  // namespace redoubt::attestation
