#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boundary/frame.hpp>
#include <enclave/channel.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

class ChannelTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_.data()), 0); }
    void TearDown() override {
        close_host();
        close(pair_[0]);
    }
    void send(ByteView bytes) {
        ASSERT_EQ(write(pair_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    void close_host() {
        if (pair_[1] >= 0) {
            close(pair_[1]);
            pair_[1] = -1;
        }
    }
    std::array<int, 2> pair_{};
};

TEST_F(ChannelTest, returns_messages_and_then_the_end) {
    Channel channel{pair_[0]};
    send(encode_frame(boundary::ToEnclave{boundary::Outbox{.max = 7}}));
    send(encode_frame(boundary::ToEnclave{boundary::Status{}}));
    close_host();
    const auto first = channel.read();
    ASSERT_OK(first);
    EXPECT_EQ(first.value(), boundary::ToEnclave{boundary::Outbox{.max = 7}});
    EXPECT_OK(channel.read());
    const auto end = channel.read();
    ASSERT_OK(end);
    EXPECT_FALSE(end.value().has_value());
}

TEST_F(ChannelTest, rejects_a_stream_that_ends_inside_a_frame) {
    Channel channel{pair_[0]};
    const auto frame = encode_frame(boundary::ToEnclave{boundary::Outbox{.max = 7}});
    send(ByteView{frame}.first(frame.size() - 1));
    close_host();
    EXPECT_ERROR(channel.read(), ChannelError::kTruncated);
}

TEST_F(ChannelTest, rejects_a_stream_that_ends_inside_the_length) {
    Channel channel{pair_[0]};
    send(Bytes{1, 0, 0});
    close_host();
    EXPECT_ERROR(channel.read(), ChannelError::kTruncated);
}

TEST_F(ChannelTest, rejects_frames_that_are_too_long_before_reading_them) {
    Channel channel{pair_[0]};
    send(Bytes{0xff, 0xff, 0xff, 0xff, 0});
    EXPECT_ERROR(channel.read(), boundary::FrameError::kTooLarge);
}

TEST_F(ChannelTest, writes_frames_that_the_host_can_read) {
    Channel channel{pair_[0]};
    const boundary::FromEnclave message = boundary::RuntimeSet{.spec_version = 50, .metadata_hash = {}};
    ASSERT_OK(channel.write(message));
    Bytes received(boundary::encode_frame(message).size());
    ASSERT_EQ(read(pair_[1], received.data(), received.size()), static_cast<ssize_t>(received.size()));
    EXPECT_EQ(received, boundary::encode_frame(message));
}

}  // namespace
}  // namespace redoubt::enclave
