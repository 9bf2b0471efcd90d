#!/usr/bin/env bash
# Makes Sources/Store/Remote/Protocol/action_result.pb.swift anew. Needs protoc (Debian: protobuf-compiler) and
# protoc-gen-swift, which `swift build --product protoc-gen-swift` makes in a checkout of swift-protobuf at the version in
# Package.resolved.
set -euo pipefail
cd "$(dirname "$0")"
protoc --swift_out=../../Sources/Store/Remote/Protocol --proto_path=. action_result.proto
