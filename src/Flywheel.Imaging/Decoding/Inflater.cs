using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flywheel.Imaging;

/// <summary>
/// Inflates (RFC 1951) a stream whose unpacked length is known. For small pictures the library's stream costs as much to set up as to run;
/// this one keeps its tables. It refuses rather than repairs: every read and write is bounded, and anything unusual ends in false.
/// </summary>
sealed class Inflater
{
    const int LitBits = 10;
    const int DistBits = 8;

    // A table entry: bits 0-4 code length, 8-11 extra bits, 12-13 kind, 16-31 literal, base length or base distance. 0: longer than the table.
    const uint KindMatch = 1 << 12;
    const uint KindEnd = 2 << 12;
    const uint KindInvalid = 3 << 12;
    const uint KindMask = 3 << 12;

    static readonly uint[] s_litEntries = MakeLitEntries();
    static readonly uint[] s_distEntries = MakeDistEntries();
    static readonly Code s_fixedLit = MakeFixedLit();
    static readonly Code s_fixedDist = MakeFixedDist();
    static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    readonly Code _lit = new(LitBits, 288);
    readonly Code _dist = new(DistBits, 32);
    readonly Code _lengths = new(7, 19);
    readonly byte[] _codeLengths = new byte[288 + 32];

    sealed class Code(int bits, int symbols)
    {
        public readonly int Bits = bits;
        public readonly uint[] Table = new uint[1 << bits];
        public readonly ushort[] Count = new ushort[16];
        public readonly ushort[] Symbols = new ushort[symbols];

        /// <summary>Canonical code from lengths; false if over-subscribed, or incomplete with more than one code.</summary>
        public bool Build(ReadOnlySpan<byte> lengths, uint[]? entries)
        {
            Array.Clear(Count);
            Array.Clear(Table);
            foreach (var l in lengths) Count[l]++;
            Count[0] = 0;
            var left = 1;
            var used = 0;
            for (var l = 1; l < 16; l++)
            {
                left = (left << 1) - Count[l];
                if (left < 0) return false;
                used += Count[l];
            }
            if (used == 0 || left > 0 && used > 1) return used == 0 && entries == s_distEntries;

            Span<ushort> next = stackalloc ushort[16];
            Span<ushort> offset = stackalloc ushort[16];
            ushort code = 0, at = 0;
            for (var l = 1; l < 16; l++)
            {
                code = (ushort)(code + Count[l - 1] << 1);
                next[l] = code;
                offset[l] = at;
                at += Count[l];
            }
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                int l = lengths[symbol];
                if (l == 0) continue;
                Symbols[offset[l]++] = (ushort)symbol;
                var c = next[l]++;
                if (l > Bits) continue;
                var entry = (entries is null ? (uint)symbol << 16 : entries[symbol]) | (uint)l;
                for (var i = Reverse(c, l); i < Table.Length; i += 1 << l) Table[i] = entry;
            }
            return true;
        }

        static int Reverse(int code, int length)
        {
            var r = 0;
            for (; length > 0; length--)
            {
                r = r << 1 | code & 1;
                code >>= 1;
            }
            return r;
        }

        /// <summary>Decodes bit by bit: for the rare codes longer than the table. Returns length and symbol, or a length of 0.</summary>
        public (int Length, int Symbol) Slow(ulong bits)
        {
            int code = 0, first = 0, index = 0;
            for (var l = 1; l < 16; l++)
            {
                code |= (int)(bits & 1);
                bits >>= 1;
                int count = Count[l];
                if (code - count < first) return (l, Symbols[index + (code - first)]);
                index += count;
                first = first + count << 1;
                code <<= 1;
            }
            return (0, 0);
        }
    }

    static uint[] MakeLitEntries()
    {
        var e = new uint[288];
        for (var i = 0u; i < 256; i++) e[i] = i << 16;
        e[256] = KindEnd;
        var length = 3u;
        for (var i = 257; i < 285; i++)
        {
            var extra = i < 265 ? 0u : (uint)(i - 261) / 4;
            e[i] = length << 16 | KindMatch | extra << 8;
            length += 1u << (int)extra;
        }
        e[285] = 258u << 16 | KindMatch;
        e[286] = e[287] = KindInvalid;
        return e;
    }

    static uint[] MakeDistEntries()
    {
        var e = new uint[32];
        var distance = 1u;
        for (var i = 0; i < 30; i++)
        {
            var extra = i < 4 ? 0u : (uint)(i - 2) / 2;
            e[i] = distance << 16 | KindMatch | extra << 8;
            distance += 1u << (int)extra;
        }
        e[30] = e[31] = KindInvalid;
        return e;
    }

    static Code MakeFixedLit()
    {
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        var code = new Code(LitBits, 288);
        code.Build(lengths, s_litEntries);
        return code;
    }

    static Code MakeFixedDist()
    {
        Span<byte> lengths = stackalloc byte[32];
        lengths.Fill(5);
        var code = new Code(DistBits, 32);
        code.Build(lengths, s_distEntries);
        return code;
    }

    /// <summary>Reads bits, least significant first; zeros stand in for what lies behind the end, and are noticed.</summary>
    ref struct Bits(ReadOnlySpan<byte> source)
    {
        readonly ReadOnlySpan<byte> _source = source;
        int _at;
        public ulong Buffer;
        public int Count;

        /// <summary>At least 48 bits afterwards, real or made up.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Refill()
        {
            if (_source.Length - _at >= 8)
            {
                Buffer |= Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(_source), _at)) << Count;
                _at += (63 - Count) >> 3;
                Count |= 56;
            }
            else
            {
                RefillAtEnd();
            }
        }

        void RefillAtEnd()
        {
            while (Count <= 56)
            {
                // Bits above Count may already hold the bytes a wide read brought along: adding the same ones changes nothing.
                if (_at < _source.Length) Buffer |= (ulong)_source[_at] << Count;
                _at++;
                Count += 8;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Skip(int n)
        {
            Buffer >>= n;
            Count -= n;
        }

        public int Take(int n)
        {
            var value = (int)(Buffer & (1u << n) - 1);
            Skip(n);
            return value;
        }

        /// <summary>True when more was used than there was.</summary>
        public readonly bool Overrun => _at - (Count >> 3) > _source.Length;

        /// <summary>Drops the rest of the current byte and returns where the next one lies.</summary>
        public int Align()
        {
            Skip(Count & 7);
            return _at - (Count >> 3);
        }

        public void MoveTo(int at)
        {
            _at = at;
            Buffer = 0;
            Count = 0;
        }
    }

    /// <summary>Inflates.</summary>
    /// <param name="source">The deflate stream; what follows its last block is not looked at.</param>
    /// <param name="target">Must be filled exactly.</param>
    /// <param name="consumed">Bytes of <paramref name="source"/> used.</param>
    public bool TryInflate(ReadOnlySpan<byte> source, Span<byte> target, out int consumed)
    {
        consumed = 0;
        // A shift past a little-endian load is what Refill does; elsewhere the caller's other decoder serves.
        if (!BitConverter.IsLittleEndian) return false;
        var bits = new Bits(source);
        var at = 0;
        bool last;
        do
        {
            bits.Refill();
            last = bits.Take(1) == 1;
            switch (bits.Take(2))
            {
                case 0:
                    var from = bits.Align();
                    if (from < 0 || source.Length - from < 4) return false;
                    int n = source[from] | source[from + 1] << 8, complement = source[from + 2] | source[from + 3] << 8;
                    if ((n ^ complement) != 0xFFFF || source.Length - from - 4 < n || target.Length - at < n) return false;
                    source.Slice(from + 4, n).CopyTo(target[at..]);
                    at += n;
                    bits.MoveTo(from + 4 + n);
                    break;
                case 1:
                    if (!Block(ref bits, s_fixedLit, s_fixedDist, target, ref at)) return false;
                    break;
                case 2:
                    if (!ReadCodes(ref bits) || !Block(ref bits, _lit, _dist, target, ref at)) return false;
                    break;
                default:
                    return false;
            }
            if (bits.Overrun) return false;
        }
        while (!last);
        consumed = bits.Align();
        return at == target.Length;
    }

    bool ReadCodes(ref Bits bits)
    {
        bits.Refill();
        int lits = bits.Take(5) + 257, dists = bits.Take(5) + 1, lengths = bits.Take(4) + 4;
        if (lits > 286 || dists > 30) return false;
        Span<byte> order = stackalloc byte[19];
        order.Clear();
        for (var i = 0; i < lengths; i++)
        {
            if ((i & 7) == 0) bits.Refill();
            order[LengthOrder[i]] = (byte)bits.Take(3);
        }
        if (!_lengths.Build(order, null)) return false;

        var all = _codeLengths.AsSpan(0, lits + dists);
        for (var i = 0; i < all.Length;)
        {
            bits.Refill();
            var entry = _lengths.Table[(int)(bits.Buffer & 127)];
            if (entry == 0) return false;
            bits.Skip((int)(entry & 31));
            var symbol = (int)(entry >> 16);
            if (symbol < 16)
            {
                all[i++] = (byte)symbol;
                continue;
            }
            if (symbol == 16 && i == 0) return false;
            var value = symbol == 16 ? all[i - 1] : (byte)0;
            var repeat = symbol switch { 16 => 3 + bits.Take(2), 17 => 3 + bits.Take(3), _ => 11 + bits.Take(7) };
            if (repeat > all.Length - i) return false;
            all.Slice(i, repeat).Fill(value);
            i += repeat;
        }
        return all[256] != 0 && _lit.Build(all[..lits], s_litEntries) && _dist.Build(all[lits..], s_distEntries);
    }

    static bool Block(ref Bits stream, Code lit, Code dist, Span<byte> target, ref int position)
    {
        var bits = stream;
        var at = position;
        var litTable = lit.Table.AsSpan(0, 1 << LitBits);
        var distTable = dist.Table.AsSpan(0, 1 << DistBits);
        while (true)
        {
            // 48 bits serve a literal and a whole match: 15 + 5 + 15 + 13.
            bits.Refill();
            var entry = litTable[(int)(bits.Buffer & (1 << LitBits) - 1)];
            if ((entry & KindMask) == 0 && entry != 0)
            {
                if (at >= target.Length) return false;
                target[at++] = (byte)(entry >> 16);
                bits.Skip((int)(entry & 31));
                // A second literal often follows, and the bits for it are here.
                entry = litTable[(int)(bits.Buffer & (1 << LitBits) - 1)];
                if ((entry & KindMask) == 0 && entry != 0)
                {
                    if (at >= target.Length) return false;
                    target[at++] = (byte)(entry >> 16);
                    bits.Skip((int)(entry & 31));
                    entry = litTable[(int)(bits.Buffer & (1 << LitBits) - 1)];
                    if ((entry & KindMask) == 0 && entry != 0)
                    {
                        if (at >= target.Length) return false;
                        target[at++] = (byte)(entry >> 16);
                        bits.Skip((int)(entry & 31));
                        if (bits.Overrun) return false;
                        continue;
                    }
                }
                bits.Refill();
            }
            if (entry == 0)
            {
                var (length, symbol) = lit.Slow(bits.Buffer);
                if (length == 0) return false;
                entry = s_litEntries[symbol] | (uint)length;
            }
            bits.Skip((int)(entry & 31));
            switch (entry & KindMask)
            {
                case 0:
                    if (at >= target.Length) return false;
                    target[at++] = (byte)(entry >> 16);
                    continue;
                case KindEnd:
                    stream = bits;
                    position = at;
                    return true;
                case KindInvalid:
                    return false;
            }
            var run = (int)(entry >> 16) + bits.Take((int)(entry >> 8 & 15));
            entry = distTable[(int)(bits.Buffer & (1 << DistBits) - 1)];
            if (entry == 0)
            {
                var (length, symbol) = dist.Slow(bits.Buffer);
                if (length == 0) return false;
                entry = s_distEntries[symbol] | (uint)length;
            }
            if ((entry & KindMask) == KindInvalid) return false;
            bits.Skip((int)(entry & 31));
            var back = (int)(entry >> 16) + bits.Take((int)(entry >> 8 & 15));
            if (back > at || run > target.Length - at || bits.Overrun) return false;
            if (back >= run)
            {
                target.Slice(at - back, run).CopyTo(target[at..]);
            }
            else if (back == 1)
            {
                target.Slice(at, run).Fill(target[at - 1]);
            }
            else
            {
                for (var i = 0; i < run; i++) target[at + i] = target[at + i - back];
            }
            at += run;
        }
    }
}
