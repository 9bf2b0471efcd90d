import Graph

/// A record from the cache: it is read as it would be written, or not at all.
func readRecord(_ bytes: [UInt8]) throws {
    let record: ArtifactRecord
    do { record = try RecordCoder.decode(bytes) } catch is RecordCoder.DecodingError { return }
    let encoded = RecordCoder.encode(record).bytes
    let again = RecordCoder.encode(try RecordCoder.decode(encoded)).bytes
    try require(again == encoded, "a record that is read back as another")
    for value in record.values.values { _ = value.description.count + value.json.count }
}
