import EngineTestSupport
import Foundation
import Graph
import Imaging
import Report
import Runner
import Testing

/// The report as it is served: to this machine, and nothing else.
@Suite struct ReportSiteTests {
    let workshop: ReportWorkshop
    let site = ReportSite()
    let client: LoopbackClient

    init() throws {
        workshop = try ReportWorkshop()
        let run = try workshop.run(
            """
            recipe: served
            nodes:
              picture: {uses: draw_face, seed: 3, size: 32}
              other:   {uses: draw_face, seed: 4, size: 32}
              score:   {uses: compare, image: $picture, baseline: $other}
            outputs: {a.png: $picture, scores.csv: "$score"}
            """
        )
        site.show(run.subject, run.log, source: run.source)
        client = try #require(LoopbackClient(address: site.open(port: 0)))
    }

    @Test func thePageItsStateAndItsPictures() throws {
        defer { site.close() }
        let page = try #require(client.get(""))
        #expect(page.status == 200 && page.text.contains("connect-src 'self'"))
        let state = try ReportWorkshop.Run.json("state", in: page.text)
        let entries = try #require(state["entries"] as? [[String: Any]])
        let address = try #require((entries[0]["now"] as? [String: Any])?["full"] as? String)
        let picture = try #require(client.get(address))
        #expect(picture.headers["content-type"] == "image/webp")
        let pixels = try Bitmap.decode(Data(picture.body), name: "served")
        #expect(pixels == (try Bitmap.read(path: workshop.folder("out/a.png"))))

        let head = try #require(client.get(address, method: "HEAD"))
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers["content-length"] == picture.headers["content-length"])

        let revision = try #require(state["revision"] as? Int)
        let number = try #require(page.text.firstMatch(of: /data-report="([0-9]+)"/)?.1)
        #expect(client.get("state?since=\(revision)&report=\(number)&notice=0")?.status == 204, "nothing is new")
        #expect(client.get("state?since=\(revision - 1)&report=\(number)&notice=0")?.status == 200)
        site.say("the recipe is wrong <b>")
        let news = try #require(client.get("state?since=\(revision)&report=\(number)&notice=0"))
        #expect(news.status == 200 && news.text.contains(#""notice":"the recipe is wrong \u003cb>""#))
    }

    @Test func oddRequestsAreTurnedAway() throws {
        defer { site.close() }
        let before = try workshop.folder.files()
        let host = "Host: 127.0.0.1:\(client.port)"
        let requests: [(String, Int)] = [
            ("GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 421),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\(host)\r\n\(host)\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\(host)\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403),
            ("GET / HTTP/1.1\r\n\(host)\r\nSec-Fetch-Site: same-site\r\n\r\n", 403),
            ("POST / HTTP/1.1\r\n\(host)\r\nContent-Length: 0\r\n\r\n", 405),
            ("OPTIONS / HTTP/1.1\r\n\(host)\r\n\r\n", 405),
            ("GET / HTTP/1.1\r\n\(host)\r\nContent-Length: 5\r\n\r\nhello", 400),
            ("GET / HTTP/1.1\r\n\(host)\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("GET / HTTP/2\r\n\(host)\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\n\(host)\r\n\r\n", 400),
            ("GET http://127.0.0.1/ HTTP/1.1\r\n\(host)\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\(host)\r\nno colon\r\n\r\n", 400),
            ("GET /\u{1} HTTP/1.1\r\n\(host)\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\(host)\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\n\(host)", 408),
            ("GET / HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET /state HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET /\(String(repeating: "0", count: client.root.utf8.count - 2))/ HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)../recipe.yaml HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)recipe.yaml HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)pictures/99999999999999999999/now/full HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)pictures/-1/now/full HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)pictures/0/now/../full HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)pictures/0/baseline/full HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)steps/0/0 HTTP/1.1\r\n\(host)\r\n\r\n", 404),
            ("GET \(client.root)steps/1/99 HTTP/1.1\r\n\(host)\r\n\r\n", 404),
        ]
        for (request, status) in requests {
            #expect(client.send(Array(request.utf8))?.status == status, "\(request.prefix(80).debugDescription)")
        }
        #expect(client.send([0x16, 0x03, 0x01, 0x00, 0x05]) != nil, "a client of TLS is answered")
        #expect(client.send([]) == nil)
        #expect(client.get("")?.status == 200)
        #expect(try workshop.folder.files() == before, "nothing was written")
    }

    @Test func thoseWhoSayNothingKeepNobodyWaiting() throws {
        defer { site.close() }
        let silent = (0..<20).compactMap { _ in client.connect() }
        defer { for descriptor in silent { close(descriptor) } }
        #expect(silent.count == 20)
        #expect(client.get("")?.status == 200)
    }

    /// Every address that the page is given is this machine's own.
    @Test func onlyLoopbackIsListenedTo() throws {
        defer { site.close() }
        let listening = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8).split(separator: "\n")
        let port = String(client.port, radix: 16, uppercase: true)
        let hex = String(repeating: "0", count: 4 - port.count) + port
        let own = listening.filter { $0.split(separator: " ").dropFirst(3).first == "0A" && $0.contains(":\(hex) ") }
        #expect(!own.isEmpty && own.allSatisfy { $0.contains("0100007F:\(hex)") })
    }

    @Test func aPortThatIsTaken() throws {
        defer { site.close() }
        #expect(throws: (any Error).self) { try ReportSite().open(port: client.port) }
    }
}
