#include <gtest/gtest.h>

#include <node/client_admission.hpp>

#include <fmt/format.h>

namespace redoubt::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ClientAdmission::Time kStart{};

boost::asio::ip::address address(unsigned host) {
    return boost::asio::ip::make_address(fmt::format("198.51.{}.{}", host / 250, 1 + host % 250));
}
const auto kLoopback = boost::asio::ip::make_address("127.0.0.2");

class Admission : public ::testing::Test {
  protected:
    Admission() {
        limits_.connections_max = 40;
        limits_.half_open_max = 10;
        limits_.per_place_max = 8;
        limits_.per_proxy_max = 20;
        limits_.rate_per_second = 2;
    }
    ClientAdmission& admission() {
        if (!admission_) {
            admission_.emplace(limits_);
        }
        return *admission_;
    }
    ClientAdmission::Decision admit(const boost::asio::ip::address& from) {
        return admission().admit(++last_id_, from, now_);
    }
    /// Admits and finishes the handshake.
    void join(const boost::asio::ip::address& from) {
        const auto decision = admit(from);
        EXPECT_EQ(decision.refusal, "");
        admission().establish(last_id_);
    }

    AdmissionLimits limits_;
    ClientAdmission::Time now_ = kStart;
    std::uint64_t last_id_ = 0;
    std::optional<ClientAdmission> admission_;
};

TEST_F(Admission, evicts_the_oldest_handshake_when_there_are_too_many) {
    for (unsigned host = 0; host < 10; ++host) {
        EXPECT_TRUE(admit(address(host)).evicted.empty());
        now_ += milliseconds{1};
    }
    const auto decision = admit(address(99));
    EXPECT_EQ(decision.refusal, "");
    EXPECT_EQ(decision.evicted, std::vector<std::uint64_t>{1});
    EXPECT_EQ(admission().size(), 10U);
}

TEST_F(Admission, takes_handshakes_from_the_address_that_has_most_of_them) {
    ASSERT_TRUE(admit(address(1)).evicted.empty());  // the oldest one, and honest
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(admit(address(2)).evicted.empty());
    }
    ASSERT_TRUE(admit(address(3)).evicted.empty());
    for (unsigned host = 10; host < 16; ++host) {
        EXPECT_EQ(admit(address(host)).evicted, std::vector<std::uint64_t>{host - 8}) << host;
    }
}

TEST_F(Admission, bounds_the_connections_of_one_address) {
    for (int i = 0; i < 8; ++i) {
        join(address(1));
        now_ += seconds{1};
    }
    EXPECT_EQ(admit(address(1)).refusal, "too many connections of one address");
    EXPECT_EQ(admit(address(2)).refusal, "");
    now_ += limits_.idle_timeout_pressed - seconds{8};
    const auto decision = admit(address(1));  // its first one has been silent for long enough by now
    EXPECT_EQ(decision.evicted, std::vector<std::uint64_t>{1});
    admission().touch(2, now_);
    admission().establish(last_id_);
    now_ += seconds{2};
    EXPECT_EQ(admit(address(1)).evicted, std::vector<std::uint64_t>{3});
}

TEST_F(Admission, lets_a_handshake_of_the_same_address_go_first) {
    for (int i = 0; i < 7; ++i) {
        join(address(1));
    }
    ASSERT_EQ(admit(address(1)).refusal, "");
    now_ += seconds{1};
    EXPECT_EQ(admit(address(1)).evicted, std::vector<std::uint64_t>{8});
}

TEST_F(Admission, bounds_the_rate_of_new_connections_of_one_address) {
    for (int i = 0; i < 8; ++i) {
        ASSERT_EQ(admit(address(1)).refusal, "");
        admission().leave(last_id_);
    }
    EXPECT_EQ(admit(address(1)).refusal, "too many new connections of one address");
    now_ += milliseconds{499};
    EXPECT_NE(admit(address(1)).refusal, "");
    now_ += milliseconds{1};
    EXPECT_EQ(admit(address(1)).refusal, "");
    EXPECT_NE(admit(address(1)).refusal, "");
    EXPECT_EQ(admit(address(2)).refusal, "");
}

TEST_F(Admission, takes_loopback_and_trusted_proxies_for_many_clients) {
    limits_.proxies = {*AddressRange::parse("198.51.0.7")};
    for (int i = 0; i < 20; ++i) {
        join(address(6));
        join(kLoopback);
    }
    EXPECT_EQ(admit(address(6)).refusal, "too many connections of one address");
}

TEST_F(Admission, a_full_endpoint_loses_connections_of_the_address_that_holds_most) {
    for (unsigned host = 1; host <= 4; ++host) {
        for (int i = 0; i < 8; ++i) {
            join(address(host));
        }
    }
    for (int i = 0; i < 8; ++i) {
        join(kLoopback);
    }
    EXPECT_EQ(admit(kLoopback).refusal, "too many connections");  // holds as much as the others
    for (unsigned host = 100; host < 120; ++host) {               // others come in, all at the same moment
        join(address(host));
    }
    EXPECT_EQ(admission().size(), 40U);
}

TEST_F(Admission, a_full_endpoint_of_single_connections_refuses_until_one_is_silent) {
    for (unsigned host = 0; host < 40; ++host) {
        join(address(host));
    }
    EXPECT_EQ(admit(address(99)).refusal, "too many connections");
    now_ += limits_.idle_timeout_pressed;
    for (std::uint64_t id = 2; id <= 40; ++id) {
        admission().touch(id, now_);
    }
    EXPECT_EQ(admit(address(99)).evicted, std::vector<std::uint64_t>{1});
}

TEST_F(Admission, is_pressed_when_three_of_four_places_are_taken) {
    for (unsigned host = 0; host < 29; ++host) {
        join(address(host));
    }
    EXPECT_FALSE(admission().is_pressed());
    join(address(30));
    EXPECT_TRUE(admission().is_pressed());
    admission().leave(last_id_);
    admission().leave(last_id_);  // an unknown one is no error
    EXPECT_FALSE(admission().is_pressed());
}

TEST_F(Admission, does_not_forget_an_address_before_its_bucket_is_full_again) {
    for (int i = 0; i < 8; ++i) {
        ASSERT_EQ(admit(address(1)).refusal, "");
        admission().leave(last_id_);
    }
    admission().forget_absent(now_);
    EXPECT_NE(admit(address(1)).refusal, "");
    now_ += seconds{4};
    admission().forget_absent(now_);
    EXPECT_EQ(admit(address(1)).refusal, "");
}

}  // namespace
}  // namespace redoubt::node
