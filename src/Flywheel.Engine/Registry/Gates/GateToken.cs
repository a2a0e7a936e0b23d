namespace Flywheel.Engine.Registry.Gates;

enum TokenKind
{
    Word,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>A piece of a demand.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word, a quoted text without its quotes, a symbol, or a number's unit ("" without one).</param>
/// <param name="Number">A number's value.</param>
/// <param name="At">Offset of its first character.</param>
readonly record struct GateToken(TokenKind Kind, string Text, double Number, int At);
