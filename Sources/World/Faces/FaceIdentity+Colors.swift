import Imaging

extension FaceIdentity {
    /// The skin in even light.
    var skinColor: Color {
        let base: Color =
            switch skin {
            case .porcelain: Color(hex: 0xFBE3D3)
            case .fair: Color(hex: 0xF6D3BA)
            case .light: Color(hex: 0xEDBE9C)
            case .medium: Color(hex: 0xDDA27C)
            case .olive: Color(hex: 0xC79467)
            case .tan: Color(hex: 0xAE7650)
            case .brown: Color(hex: 0x845437)
            case .dark: Color(hex: 0x5A3826)
            }
        let target = undertone > 0 ? Color(hex: 0xE8B060) : Color(hex: 0xE08C90)
        return base.mixed(with: target, Float(abs(undertone)) * 0.12 * base.luma)
    }

    /// The skin in shade, `t` = 0 none ... 1 black: warm, because light that enters skin comes out red.
    func skinShade(_ t: Float) -> Color {
        skinColor.shaded(t).mixed(
            with: Color(hex: 0xA8432C).shaded(t),
            0.22 * min(1, t * 2) * (0.3 + 0.7 * skinColor.luma)
        )
    }

    var irisColor: Color {
        switch eyeColor {
        case .blue: Color(hex: 0x4A90D0)
        case .green: Color(hex: 0x5B9A54)
        case .hazel: Color(hex: 0x93783A)
        case .brown: Color(hex: 0x7A4A26)
        case .dark: Color(hex: 0x3A241A)
        case .grey: Color(hex: 0x8796A2)
        case .amber: Color(hex: 0xC07A22)
        }
    }

    /// The hair, greyer with the years unless it is dyed.
    var hairTint: Color {
        switch hairColor {
        case .grey, .white, .pink, .blue, .green: youngHairTint
        default: youngHairTint.mixed(with: Color(hex: 0xA9A8A8), Float(0.6 * max(0, elderly - 0.25)))
        }
    }

    private var youngHairTint: Color {
        switch hairColor {
        case .black: Color(hex: 0x231F25)
        case .darkBrown: Color(hex: 0x412A1F)
        case .brown: Color(hex: 0x6E4527)
        case .auburn: Color(hex: 0x7E3421)
        case .red: Color(hex: 0xC1511F)
        case .blond: Color(hex: 0xDDB25E)
        case .grey: Color(hex: 0x93959B)
        case .white: Color(hex: 0xE6E4DF)
        case .pink: Color(hex: 0xE0669F)
        case .blue: Color(hex: 0x3E6DC4)
        case .green: Color(hex: 0x459A68)
        }
    }

    /// Brows and beard: the hair, darker where it is light, and never dyed quite as loudly.
    var browTint: Color {
        let dark = hairTint.shaded(hairTint.luma > 0.5 ? 0.38 : 0.15)
        return dark.mixed(with: skinColor.shaded(0.45), 0.15)
    }

    var lipTint: Color {
        let natural = skinColor.mixed(with: Color(hex: 0xB5505A), 0.42).shaded(0.06)
        let red = Color(hex: 0xB8283C).mixed(with: skinColor, 0.12)
        return natural.mixed(with: red, Float(lipColor) * 0.6)
    }
}
